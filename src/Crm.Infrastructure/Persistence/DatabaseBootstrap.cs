using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// What an administrator does once in the database the CRM is to live in, before the first migration: roles and their rights.
/// </summary>
public static class DatabaseBootstrap
{
    /// <summary>Runs <c>bootstrap.sql</c>; doing so again changes nothing.</summary>
    public static async Task RunAsync(string superuserConnection, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(superuserConnection);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Script(), connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Script()
    {
        using var stream = typeof(DatabaseBootstrap).Assembly.GetManifestResourceStream("bootstrap.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
