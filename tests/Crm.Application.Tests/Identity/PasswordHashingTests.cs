using Crm.Application.Identity;
using Crm.Infrastructure;
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
    public async Task A_wrong_password_takes_the_same_time_against_an_outdated_hash_as_against_nobody_s()
    {
        var outdated = await Passwords(210_000).HashAsync(Password, TestContext.Current.CancellationToken);
        var passwords = Passwords(1_680_000);
        await passwords.CheckAsync(null, Password, TestContext.Current.CancellationToken);
        async Task<double> TimeAsync(string? hash)
        {
            var started = TimeProvider.System.GetTimestamp();
            (await passwords.CheckAsync(hash, Password + "x", TestContext.Current.CancellationToken)).ShouldBe(PasswordCheck.Wrong);
            return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        }

        var (somebody, nobody) = (new List<double>(), new List<double>());
        for (var i = 0; i < 3; i++)
        {
            somebody.Add(await TimeAsync(outdated));
            nobody.Add(await TimeAsync(null));
        }

        // Of an eighth of the iterations it would be an eighth; the bounds are wide because the machine may be busy.
        (somebody.Order().ElementAt(1) / nobody.Order().ElementAt(1)).ShouldBeInRange(0.4, 2.5);
    }

    [Fact]
    public void Fewer_iterations_than_210000_are_refused_at_the_start() =>
        Should.Throw<OptionsValidationException>(() => Passwords(209_999));

    [Fact]
    public async Task Passwords_are_hashed_however_few_may_be_hashed_at_once()
    {
        var passwords = Passwords(concurrency: 1);

        var hashes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => passwords.HashAsync(Password, TestContext.Current.CancellationToken)));

        hashes.Distinct().Count().ShouldBe(3);
    }

    private static IPasswords Passwords(int iterations = 210_000, int concurrency = 0)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("PasswordHashing:Iterations", (string?)$"{iterations}"), KeyValuePair.Create("PasswordHashing:Concurrency", (string?)$"{concurrency}")]).Build());
        services.AddFeatures("Identity");
        return services.BuildServiceProvider().GetRequiredService<IPasswords>();
    }
}
