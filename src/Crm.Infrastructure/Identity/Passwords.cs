using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;
using Crm.Domain.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity;

/// <summary>
/// Hashes with the framework's hasher. A few at a time, so that a flood of sign-ins cannot take all cores from those who are signed in.
/// </summary>
[Singleton]
internal sealed class Passwords : IPasswords, IDisposable
{
    // The framework's hasher asks for a user but looks at nothing in it.
    private static readonly User Nobody = new();

    // In the framework's format a byte for the version and four for the function stand before the iterations.
    private const int IterationsAt = 5;

    private readonly int _iterations;
    private readonly PasswordHasher<User> _hasher;
    private readonly SemaphoreSlim _turns;
    private readonly Lazy<string> _hashOfNobody;

    public Passwords(IOptions<PasswordHashingOptions> options)
    {
        _iterations = options.Value.Iterations;
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
            if (hash is not null && result == PasswordVerificationResult.Success)
                return PasswordCheck.Right;
            if (hash is not null && result == PasswordVerificationResult.SuccessRehashNeeded)
                return PasswordCheck.RightButOutdated;
            TakeTime(hash ?? _hashOfNobody.Value, password);
            return PasswordCheck.Wrong;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    // A hash made when fewer iterations were asked for is checked faster than nobody's, which would tell that there is somebody.
    private void TakeTime(string hash, string password)
    {
        var made = BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(hash).AsSpan(IterationsAt));
        if (made < _iterations)
            Rfc2898DeriveBytes.Pbkdf2(
                Encoding.UTF8.GetBytes(password), stackalloc byte[16], _iterations - made, HashAlgorithmName.SHA512, 32);
    }
}
