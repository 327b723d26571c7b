using Crm.Domain.Common;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>Why the system refuses to work with a database.</summary>
internal static class ServerErrors
{
    public static CannotRunException Unreachable(string connectionString, string reason) => new(
        "database_unreachable", $"The database at {Place(connectionString)} cannot be reached: {reason.TrimEnd('.')}.");

    public static CannotRunException BrokenConnectionString(string name) => new(
        "connection_string_broken", $"{name} is not a connection string of PostgreSQL, such as 'Host=db;Username=crm_app;Password=…;Database=crm'.");

    public static CannotRunException TooOld(string version) => new(
        "server_too_old", $"The server runs PostgreSQL {version}: {DatabaseChecks.OldestMajor} or newer is needed.");

    public static CannotRunException TooPowerful(string role) => new(
        "role_too_powerful", $"The role '{role}' in ConnectionStrings__Crm is, or can become, a superuser or one that bypasses row-level security, which keeps tenants apart: use crm_app.");

    public static CannotRunException OwnsObjects(string role) => new(
        "role_owns_objects", $"The role '{role}' in ConnectionStrings__Crm owns objects of the database, or is a member of their owner, and could lift row-level security: use crm_app.");

    public static CannotRunException NotMigrated(int missing) => new(
        "schema_outdated", $"The schema is behind this version by {missing} migration{(missing == 1 ? "" : "s")}: run 'crm migrate' first.");

    public static CannotRunException NoOwner() => new(
        "owner_not_configured", "ConnectionStrings__CrmOwner is not set: migrating takes the connection string of crm_owner.");

    public static CannotRunException NotBootstrapped() => new(
        "not_bootstrapped", "The database has no role crm_app: let its administrator run bootstrap.sql in it once.");

    private static string Place(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return parts.Host is { } host && host.StartsWith('/') ? $"'{host}'" : $"'{parts.Host}:{parts.Port}', database '{parts.Database}'";
    }
}
