namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>A seal as it stands in the database.</summary>
/// <param name="Number">Counted from 1 in each chain.</param>
/// <param name="At">When it was made, by the database's clock.</param>
/// <param name="LastTransactionId">The transaction of its last entry.</param>
/// <param name="LastSequence">The number of its last entry.</param>
/// <param name="Contents">What it holds: number and digest of each entry, in their order.</param>
/// <param name="PreviousHash">The hash of the seal before; empty for the first.</param>
internal sealed record Seal(long Number, DateTime At, ulong LastTransactionId, long LastSequence, byte[] Contents, byte[] PreviousHash)
{
    /// <summary>The hash of all of the above and of the chain's name.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>Which key it was signed with.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>The signature of the hash.</summary>
    public byte[] Signature { get; init; } = [];

    /// <summary>How many entries it holds.</summary>
    public int Entries => Contents.Length / SealFormat.ItemLength;
}
