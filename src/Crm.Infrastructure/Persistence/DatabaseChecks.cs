using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Crm.Domain.Common;
using Crm.Infrastructure.Diagnostics;
using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>Looks whether a database may be worked with: the server's version, the role's rights, the schema.</summary>
public static class DatabaseChecks
{
    /// <summary>The oldest major version of PostgreSQL that the system works with.</summary>
    public const int OldestMajor = 15;

    private const string Connection = "connection";
    private const string ServerVersion = "server version";

    // What the role is or can become counts: SET ROLE is a statement like any other.
    private const string Facts = """
        SELECT current_setting('server_version_num')::integer / 10000,
               current_setting('server_version'),
               current_user::text,
               EXISTS (SELECT FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls) AND pg_has_role(current_user, r.oid, 'MEMBER')),
               EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = to_regnamespace('public') AND pg_has_role(current_user, c.relowner, 'MEMBER'))
                   OR EXISTS (SELECT FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid AND r.rolname = current_user
                              WHERE d.deptype = 'o' AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
               to_regclass($1) IS NOT NULL AND has_table_privilege(to_regclass($1), 'SELECT')
        """;

    /// <summary>Looks at everything, as the running system would.</summary>
    public static Task<IReadOnlyList<SystemCheck>> RunAsync(string appConnection, CancellationToken cancellationToken) =>
        RunAsync(appConnection, "ConnectionStrings__Crm", cancellationToken);

    private static async Task<IReadOnlyList<SystemCheck>> RunAsync(string connectionString, string setting, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(cancellationToken);
            return await RunAsync(connection, cancellationToken);
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException)
        {
            return [new SystemCheck(Connection, "failed", ServerErrors.Unreachable(connectionString, Reason(failure)))];
        }
        catch (ArgumentException)
        {
            return [new SystemCheck(Connection, "failed", ServerErrors.BrokenConnectionString(setting))];
        }
    }

    /// <summary>Refuses a database that may not be worked with.</summary>
    /// <exception cref="CannotRunException">The first thing that is not.</exception>
    public static async Task VerifyAsync(string appConnection, CancellationToken cancellationToken)
    {
        var checks = await RunAsync(appConnection, cancellationToken);
        if (checks.FirstOrDefault(check => check.Fault is not null) is { } failed)
            throw failed.Fault!;
    }

    /// <summary>Refuses a connection string that cannot migrate.</summary>
    /// <exception cref="CannotRunException">It is missing, leads to no usable server, or to one without the roles.</exception>
    public static async Task VerifyOwnerAsync([NotNull] string? ownerConnection, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(ownerConnection))
            throw ServerErrors.NoOwner();
        var checks = await RunAsync(ownerConnection, "ConnectionStrings__CrmOwner", cancellationToken);
        if (checks.FirstOrDefault(check => check.Name is Connection or ServerVersion && check.Fault is not null) is { } failed)
            throw failed.Fault!;

        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(cancellationToken);
        await using var bootstrapped = new NpgsqlCommand(
            "SELECT to_regrole('crm_app') IS NOT NULL AND to_regrole('crm_directory') IS NOT NULL", connection);
        if (await bootstrapped.ExecuteScalarAsync(cancellationToken) is not true)
            throw ServerErrors.NotBootstrapped();
    }

    private static async Task<IReadOnlyList<SystemCheck>> RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        int major;
        string version, role;
        bool powerful, owns, history;
        await using (var facts = new NpgsqlCommand(Facts, connection) { Parameters = { new() { Value = DatabaseMigrator.HistoryTable } } })
        await using (var reader = await facts.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (major, version, role) = (reader.GetInt32(0), reader.GetString(1), reader.GetString(2));
            (powerful, owns, history) = (reader.GetBoolean(3), reader.GetBoolean(4), !reader.IsDBNull(5) && reader.GetBoolean(5));
        }

        // A history that the role may not read was not written by 'crm migrate', which lets it.
        var missing = history ? await DatabaseMigrator.MissingAsync(connection, cancellationToken) : DatabaseMigrator.Expected;
        return
        [
            new SystemCheck(ServerVersion, $"PostgreSQL {version}", major < OldestMajor ? ServerErrors.TooOld(version) : null),
            new SystemCheck("role privileges", role, powerful ? ServerErrors.TooPowerful(role) : null),
            new SystemCheck("role ownership", role, owns ? ServerErrors.OwnsObjects(role) : null),
            new SystemCheck(
                "migrations", $"{DatabaseMigrator.Expected.Count - missing.Count} of {DatabaseMigrator.Expected.Count} applied",
                missing.Count > 0 ? ServerErrors.NotMigrated(missing.Count) : null),
        ];
    }

    private static string Reason(Exception failure) => failure switch
    {
        PostgresException refused => refused.MessageText,
        { InnerException: { } inner } => inner.Message,
        _ => failure.Message,
    };
}
