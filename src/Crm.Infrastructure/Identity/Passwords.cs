using Crm.Application.Identity;
using Crm.Domain.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity;

/// <summary>Hashes with the framework's hasher. A few at a time, so that a flood of sign-ins cannot take all cores from those who are signed in.</summary>
internal sealed class Passwords : IPasswords, IDisposable
{
    // The framework's hasher asks for a user but looks at nothing in it.
    private static readonly User Nobody = new();

    private readonly PasswordHasher<User> _hasher;
    private readonly SemaphoreSlim _turns;
    private readonly Lazy<string> _hashOfNobody;

    public Passwords(IOptions<PasswordHashingOptions> options)
    {
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.Iterations }));
        _turns = new(options.Value.Concurrency > 0 ? options.Value.Concurrency : Environment.ProcessorCount);
        _hashOfNobody = new(() => _hasher.HashPassword(Nobody, Guid.NewGuid().ToString()));
    }

    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return _hasher.HashPassword(Nobody, password);
        }
        finally
        {
            _turns.Release();
        }
    }

    public async Task<PasswordCheck> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            var result = _hasher.VerifyHashedPassword(Nobody, hash ?? _hashOfNobody.Value, password);
            return hash is null ? PasswordCheck.Wrong : result switch
            {
                PasswordVerificationResult.Success => PasswordCheck.Right,
                PasswordVerificationResult.SuccessRehashNeeded => PasswordCheck.RightButOutdated,
                _ => PasswordCheck.Wrong,
            };
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
