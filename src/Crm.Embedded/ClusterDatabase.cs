using Crm.Infrastructure;
using Crm.Infrastructure.Persistence;
using Npgsql;

namespace Crm.Embedded;

/// <summary>Does on the private cluster what an administrator does on a server: the database, the roles, their passwords.</summary>
internal static class ClusterDatabase
{
    /// <summary>Prepares the database the CRM lives in; doing so again changes nothing.</summary>
    public static async Task PrepareAsync(ClusterConnections connections, SecretsFile secrets, CancellationToken cancellationToken)
    {
        try
        {
            await CreateAsync(connections.Superuser("postgres"), cancellationToken);
            await DatabaseBootstrap.RunAsync(connections.Superuser(ClusterConnections.Database), cancellationToken);
            await SetPasswordsAsync(connections, cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw ClusterErrors.PasswordRefused(secrets.Path);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DiskFull)
        {
            throw ClusterErrors.DiskFull(Path.GetDirectoryName(secrets.Path)!);
        }
    }

    private static async Task CreateAsync(string superuser, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = ClusterConnections.Database } },
        };
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
            await RunAsync(connection, "SELECT format('CREATE DATABASE %I', $1)", [ClusterConnections.Database], cancellationToken);
        await RunAsync(connection, "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $1)", [ClusterConnections.Database], cancellationToken);
        await RunAsync(connection, "SELECT 'REVOKE ALL ON DATABASE postgres FROM PUBLIC'", [], cancellationToken);
    }

    private static async Task SetPasswordsAsync(ClusterConnections connections, CancellationToken cancellationToken)
    {
        // No log may hold a password, however slow or wrong the statement is.
        var unlogged = new NpgsqlConnectionStringBuilder(connections.Superuser(ClusterConnections.Database))
        {
            Options = "-c log_min_duration_statement=-1 -c log_min_error_statement=panic",
        };
        await using var connection = new NpgsqlConnection(unlogged.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await RunAsync(connection, "SELECT format('GRANT CONNECT ON DATABASE %I TO crm_owner, crm_app, crm_backup', $1)", [ClusterConnections.Database], cancellationToken);
        await RunAsync(connection, "SELECT format('ALTER ROLE crm_owner PASSWORD %L', $1)", [connections.OwnerPassword], cancellationToken);
        await RunAsync(connection, "SELECT format('ALTER ROLE crm_app PASSWORD %L', $1)", [connections.AppPassword], cancellationToken);
    }

    // Such statements take no parameters: the server itself writes them out of parameters, quoted by its own rules.
    private static async Task RunAsync(NpgsqlConnection connection, string format, string[] values, CancellationToken cancellationToken)
    {
        await using var formatting = new NpgsqlCommand(format, connection);
        foreach (var value in values)
            formatting.Parameters.Add(new() { Value = value });
        var statement = (string)(await formatting.ExecuteScalarAsync(cancellationToken))!;
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
