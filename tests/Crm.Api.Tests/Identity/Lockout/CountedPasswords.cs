using Crm.Application.Identity;

namespace Crm.Api.Tests.Identity.Lockout;

/// <summary>Counts how many passwords are checked against the hash of somebody.</summary>
internal sealed class CountedPasswords(IPasswords passwords) : IPasswords
{
    private int _checked;

    public int Checked => _checked;

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) => passwords.HashAsync(password, cancellationToken);

    public Task<PasswordCheck> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        if (hash is not null)
            Interlocked.Increment(ref _checked);
        return passwords.CheckAsync(hash, password, cancellationToken);
    }
}
