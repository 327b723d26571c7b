using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Infrastructure.ChangeLog.Seals;

/// <summary>The seals over the log of one tenant, or of the host.</summary>
internal sealed record SealChain(ChangeLogName Log)
{
    private static readonly Sql Columns = Sql.Of($"""
        number, at, last_transaction_id, last_sequence, contents, previous_hash, hash, key_id, signature
        """);

    private Identifier Table => new(Log.TenantId is null ? "host_seals" : "change_seals");

    /// <summary>The newest seal.</summary>
    public Sql Last() => Sql.Of($"SELECT {Columns} FROM {Table} WHERE {Log.Scope} ORDER BY number DESC LIMIT 1");

    /// <summary>The seals that follow one.</summary>
    public Sql After(long number, int most) =>
        Sql.Of($"SELECT {Columns} FROM {Table} WHERE {Log.Scope} AND number > {number} ORDER BY number LIMIT {most}");

    /// <summary>Adds a seal; the key refuses a second one of the same number.</summary>
    public Sql Add(Seal seal) => Sql.Of($"""
        INSERT INTO {Table} ({Log.Leading(Sql.Of($"tenant_id"))}{Columns})
        VALUES (
            {Log.Leading(Sql.Of($"{Sql.Tenant}"))}{seal.Number}, {seal.At}, {seal.Last.TransactionId}, {seal.Last.Sequence},
            {seal.Contents}, {seal.PreviousHash}, {seal.Hash}, {Sql.Text(seal.KeyId)}, {seal.Signature})
        """);

    /// <summary>The name by which the chain is hashed.</summary>
    public override string ToString() => Log.ToString();
}

/// <summary>A seal as it is stored.</summary>
/// <param name="Number">Counted from 1 in each chain.</param>
/// <param name="At">When it was made, by the database's clock.</param>
/// <param name="Last">The position of its last entry.</param>
/// <param name="Contents">Sequence number and digest of each entry, in their order.</param>
/// <param name="PreviousHash">The hash of the seal before; empty for the first.</param>
internal sealed record Seal(long Number, DateTime At, LogPosition Last, byte[] Contents, byte[] PreviousHash)
{
    /// <summary>The hash of all of the above and of the chain's name.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>Which key it was signed with.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>The signature of the hash.</summary>
    public byte[] Signature { get; init; } = [];

    /// <summary>How many entries it holds.</summary>
    public int Entries => Contents.Length / SealFormat.ItemLength;

    public static Seal Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetDateTime(1),
        new LogPosition(row.GetFieldValue<ulong>(2), row.GetInt64(3)),
        row.GetFieldValue<byte[]>(4),
        row.GetFieldValue<byte[]>(5))
    {
        Hash = row.GetFieldValue<byte[]>(6),
        KeyId = row.GetString(7),
        Signature = row.GetFieldValue<byte[]>(8),
    };
}
