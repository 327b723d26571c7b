using Crm.Application.Records;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>The records that a plan limits, and that usage tells of: those people make, all written by the record engine.</summary>
internal sealed class CountedTables(RecordTables tables)
{
    private static readonly string[] Counted = ["company", "contact", "deal", "product"];

    private readonly string[] _names = [.. Counted.Select(name => tables[tables.Types.Find(name)!].Name)];

    /// <summary>The types and their tables.</summary>
    public IEnumerable<(string Type, string Table)> All => Counted.Zip(_names);

    /// <summary>
    /// Makes the statement that admits one more record to a tenant with a limit, or refuses it. Goes before the one that writes it, in the
    /// same transaction.
    /// </summary>
    public SqlStatement? Admit(RecordType type, TenantSession session)
    {
        if (session.Tenant is not { Limits.Records: { } limit } tenant || !Counted.Contains(type.Name))
            return null;
        var statement = new SqlStatement(tenant.TenantId);
        return statement.Append($"SELECT admit_record({SqlStatement.Tenant}, {statement.Parameter(tenant.Version, NpgsqlDbType.Integer)}, "
            + $"{statement.Parameter(_names, NpgsqlDbType.Array | NpgsqlDbType.Text)}, {statement.Parameter(limit, NpgsqlDbType.Bigint)})");
    }
}
