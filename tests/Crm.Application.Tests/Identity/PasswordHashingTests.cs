using Crm.Application.Identity;
using Crm.Infrastructure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class PasswordHashingTests
{
    private const string Password = "Correct-Horse-7";

    [Fact]
    public async Task A_password_is_right_against_its_own_hash_alone()
    {
        var passwords = Passwords();
        var hash = await passwords.HashAsync(Password, TestContext.Current.CancellationToken);

        (await passwords.CheckAsync(hash, Password, TestContext.Current.CancellationToken)).ShouldBe(PasswordCheck.Right);
        (await passwords.CheckAsync(hash, Password + "x", TestContext.Current.CancellationToken)).ShouldBe(PasswordCheck.Wrong);
        (await passwords.CheckAsync(null, Password, TestContext.Current.CancellationToken)).ShouldBe(PasswordCheck.Wrong);
    }

    [Fact]
    public async Task A_hash_made_with_fewer_iterations_is_right_but_outdated()
    {
        var hash = await Passwords(210_000).HashAsync(Password, TestContext.Current.CancellationToken);

        (await Passwords(220_000).CheckAsync(hash, Password, TestContext.Current.CancellationToken)).ShouldBe(PasswordCheck.RightButOutdated);
    }

    [Fact]
    public void Fewer_iterations_than_210000_are_refused_at_the_start() =>
        Should.Throw<OptionsValidationException>(() => Passwords(209_999));

    private static IPasswords Passwords(int iterations = 210_000)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("PasswordHashing:Iterations", (string?)$"{iterations}")]).Build());
        services.AddIdentity();
        return services.BuildServiceProvider().GetRequiredService<IPasswords>();
    }
}
