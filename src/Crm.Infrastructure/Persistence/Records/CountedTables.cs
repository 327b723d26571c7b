using Crm.Application.Records;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>The records that a plan limits, and that usage tells of: those people make, all written by the record engine.</summary>
[Singleton]
internal sealed class CountedTables(RecordTables tables)
{
    private readonly RecordType[] _types = [.. tables.Types.All.Where(t => t.IsLimitedByPlan)];

    private readonly string[] _names = [.. tables.Types.All.Where(t => t.IsLimitedByPlan).Select(t => tables[t].Name)];

    /// <summary>The types and their tables.</summary>
    public IEnumerable<(string Type, string Table)> All => _types.Select(t => t.Name).Zip(_names);

    /// <summary>
    /// Makes the statement that admits one more record to a tenant with a limit, or refuses it. Goes before the one that writes it, in the
    /// same transaction.
    /// </summary>
    public SqlStatement? Admit(RecordType type, TenantSession session)
    {
        if (session.Tenant is not { Limits.Records: { } limit } tenant || !type.IsLimitedByPlan)
            return null;
        var statement = new SqlStatement(tenant.TenantId);
        return statement.Append($"SELECT admit_record({SqlStatement.Tenant}, {statement.Parameter(tenant.Version, NpgsqlDbType.Integer)}, "
            + $"{statement.Parameter(_names, NpgsqlDbType.Array | NpgsqlDbType.Text)}, {statement.Parameter(limit, NpgsqlDbType.Bigint)})");
    }
}
