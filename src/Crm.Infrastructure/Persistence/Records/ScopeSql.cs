using Crm.Application.Authorization;
using Crm.Application.Records;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// The conditions that keep a statement to the records that a caller's permissions cover. An owner's id is compared as a uuid, which an
/// index serves
/// under row-level security; for whoever nothing restricts there is no condition at all.
/// </summary>
internal static class ScopeSql
{
    /// <summary>What restricts a table to the records a caller may read.</summary>
    public static string AndReadable(this SqlStatement statement, RecordGrants grants, RecordType type, string alias) =>
        grants.OwnersFor(type.ReadPermission) is { } owners ? $" AND {OwnedBy(statement, owners, alias)}" : "";

    /// <summary>Whether permissions cover a row.</summary>
    public static string Covered(this SqlStatement statement, RecordGrants grants, string alias, params ReadOnlySpan<string> permissions)
    {
        var covered = "true";
        foreach (var permission in permissions)
        {
            if (grants.OwnersFor(permission) is { } owners)
                covered = $"{(covered == "true" ? "" : covered + " AND ")}coalesce({OwnedBy(statement, owners, alias)}, false)";
        }

        return covered;
    }

    // One owner, which is the most frequent scope, leaves the order of the owners' index standing; a list does not.
    private static string OwnedBy(SqlStatement statement, IReadOnlyList<Guid> owners, string alias) => owners.Count == 1
        ? $"{alias}.owner_id = {statement.Parameter(owners[0], NpgsqlDbType.Uuid)}"
        : $"{alias}.owner_id = ANY({statement.Parameter(owners.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)})";
}
