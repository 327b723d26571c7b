using System.Reflection;
using System.Runtime.CompilerServices;
using Crm.Api.Hosting;
using Crm.Application.Identity;
using Crm.Application.RateLimiting;
using Crm.Infrastructure.Identity;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class SecretTextTests
{
    private const string Secret = "hush-hush-4711";

    /// <summary>All records that say for themselves what they are as a text, which a record with a secret does.</summary>
    public static TheoryData<string> Reticent { get; } = [.. Types().Select(t => t.FullName!)];

    [Fact]
    public void Those_that_carry_secrets_are_found() => Reticent.Count.ShouldBeGreaterThan(20);

    [Theory]
    [MemberData(nameof(Reticent))]
    public void What_carries_a_secret_does_not_tell_it_as_a_text(string name)
    {
        var type = Types().Single(t => t.FullName == name);

        var text = Make(type)!.ToString();

        text.ShouldNotBeNullOrEmpty();
        text.ShouldNotContain(Secret);
    }

    [Fact]
    public void Refreshing_by_cookie_is_counted_for_the_token_in_it() =>
        ((IAttempt)new RefreshCookieSession(Secret, null)).Account.ShouldBe(Secret);

    [Fact]
    public void The_key_of_CSRF_tokens_follows_from_a_secret_and_does_not_tell_it()
    {
        var secret = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

        var key = CsrfOptions.KeyFrom(secret);

        key.Length.ShouldBe(32);
        key.ShouldBe(CsrfOptions.KeyFrom(secret));
        key.ShouldNotBe(secret);
    }

    private static IEnumerable<Type> Types() => new[] { typeof(SignIn).Assembly, typeof(CsrfOptions).Assembly, typeof(CrmApi).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type is { IsClass: true, ContainsGenericParameters: false }
            && type.GetMethod("<Clone>$") is not null
            && type.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly, []) is { } text
            && !text.IsDefined(typeof(CompilerGeneratedAttribute)));

    // A name may be told; every other text is secret.
    private static object? Make(Type type, string name = "")
    {
        if (type == typeof(string))
            return name.EndsWith("Id", StringComparison.Ordinal) || name == "Purpose" ? "name" : Secret;
        if (type.IsValueType)
            return Activator.CreateInstance(type);
        if (type == typeof(object[]))
            return Enumerable.Repeat((object)Guid.Empty, 16).ToArray();
        if (type.IsArray)
            return Array.CreateInstance(type.GetElementType()!, 0);
        if (type.IsAbstract)
            return null;
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).OrderByDescending(c => c.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType, p.Name!))]);
    }
}
