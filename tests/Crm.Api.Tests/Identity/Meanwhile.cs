using Crm.Application.Identity;
using Crm.Domain.Identity;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Api.Tests.Identity;

/// <summary>
/// An API in the middle of whose requests something else can happen, at the very moment a test says: so a race ends the same way every
/// time.
/// </summary>
public sealed class MeanwhileFixture : IAsyncLifetime
{
    private readonly Meanwhile _meanwhile = new();

    public ApiHost Host { get; private set; } = null!;

    internal Mailbox Mailbox => Mailbox.Of(Host);

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync(Interrupt, ("Mail:PollInterval", "00:00:00.050"));
        await Host.CreateTenantAsync("acme");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>
    /// Lets something happen once: as soon as the next call of a kind has come back, before anything is made of its answer.
    /// </summary>
    internal void After(Moment moment, Func<Task> happens) => _meanwhile.Next = (moment, happens);

    private void Interrupt(IServiceCollection services)
    {
        var (passwords, tokens, links) = (Made<IPasswords>(services), Made<IRefreshTokens>(services), Made<IOneTimeLinks>(services));
        services.AddSingleton<IPasswords>(s => new InterruptedPasswords(passwords(s), _meanwhile));
        services.AddScoped<IRefreshTokens>(s => new InterruptedTokens(tokens(s), _meanwhile));
        services.AddSingleton<IOneTimeLinks>(s => new InterruptedLinks(links(s), _meanwhile));
    }

    private static Func<IServiceProvider, T> Made<T>(IServiceCollection services)
    {
        var real = services.Last(s => s.ServiceType == typeof(T)).ImplementationType!;
        return provider => (T)ActivatorUtilities.CreateInstance(provider, real);
    }

    private sealed class Meanwhile
    {
        public (Moment Moment, Func<Task> Happens)? Next { get; set; }

        public async Task<T> ThenAsync<T>(Moment moment, Task<T> answer)
        {
            var result = await answer;
            if (Next is { } next && next.Moment == moment)
            {
                Next = null;
                await next.Happens();
            }

            return result;
        }
    }

    private sealed class InterruptedPasswords(IPasswords passwords, Meanwhile meanwhile) : IPasswords
    {
        public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
            meanwhile.ThenAsync(Moment.PasswordHashed, passwords.HashAsync(password, cancellationToken));

        public Task<PasswordCheck> CheckAsync(string? hash, string password, CancellationToken cancellationToken) =>
            meanwhile.ThenAsync(Moment.PasswordChecked, passwords.CheckAsync(hash, password, cancellationToken));
    }

    private sealed class InterruptedTokens(IRefreshTokens tokens, Meanwhile meanwhile) : IRefreshTokens
    {
        public Task<PresentedToken?> FindAsync(string token, CancellationToken cancellationToken) =>
            meanwhile.ThenAsync(Moment.RefreshTokenFound, tokens.FindAsync(token, cancellationToken));

        public Task<string?> UseAsync(PresentedToken token, CancellationToken cancellationToken) => tokens.UseAsync(token, cancellationToken);
    }

    private sealed class InterruptedLinks(IOneTimeLinks links, Meanwhile meanwhile) : IOneTimeLinks
    {
        public Task RequestPasswordResetAsync(string email, CancellationToken cancellationToken) => links.RequestPasswordResetAsync(email, cancellationToken);

        public Task<bool> RequestEmailChangeAsync(User user, string email, CancellationToken cancellationToken) => links.RequestEmailChangeAsync(user, email, cancellationToken);

        public Task<OneTimeLink?> FindAsync(string purpose, string token, CancellationToken cancellationToken) =>
            meanwhile.ThenAsync(Moment.LinkFound, links.FindAsync(purpose, token, cancellationToken));

        public Task<bool> TryUseAsync(Guid id, CancellationToken cancellationToken) => links.TryUseAsync(id, cancellationToken);
    }
}

/// <summary>When something else happens.</summary>
internal enum Moment
{
    PasswordHashed,
    PasswordChecked,
    RefreshTokenFound,
    LinkFound,
}
