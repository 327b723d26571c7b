namespace Crm.Application.Audit;

/// <summary>
/// The seals of the log: each hashes its entries and the seal before it and is signed with a key that is not in the database, so that an
/// entry that was changed, removed or put in afterwards is found.
/// </summary>
public interface ISeals
{
    /// <summary>
    /// Seals what is not sealed yet and cannot be joined by earlier entries any more, in every chain that no other node is at.
    /// </summary>
    Task<int> SealAsync(CancellationToken cancellationToken);

    /// <summary>Tells the newest seal of a chain.</summary>
    Task<SealHead?> HeadAsync(Guid? tenantId, CancellationToken cancellationToken);

    /// <summary>Computes a whole chain anew, entry by entry, in constant memory.</summary>
    Task<ChainReport> VerifyAsync(Guid? tenantId, string? knownHead, CancellationToken cancellationToken);
}

/// <summary>The newest seal of a chain.</summary>
/// <param name="Number">Its number, counted from 1.</param>
/// <param name="Hash">Its hash, 64 hexadecimal digits in lower case.</param>
public sealed record SealHead(long Number, string Hash);

/// <summary>What came of the verification of a chain.</summary>
/// <param name="Seals">How many seals were right.</param>
/// <param name="Entries">How many entries they hold.</param>
/// <param name="Unsealed">How many entries wait for their seal.</param>
/// <param name="Fault">The first thing that is not as it was, in one sentence; <c>null</c> when all is.</param>
public sealed record ChainReport(long Seals, long Entries, long Unsealed, string? Fault);
