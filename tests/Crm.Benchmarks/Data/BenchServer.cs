using Npgsql;

namespace Crm.Benchmarks.Data;

/// <summary>
/// The PostgreSQL server of a run and the roles in it. The server is private to the benchmark: its database is dropped and made again.
/// </summary>
internal sealed class BenchServer(string admin, string password)
{
    /// <summary>The name of the benchmark's database.</summary>
    public const string Database = "crm_bench";

    /// <summary>Who owns the schema.</summary>
    public const string OwnerRole = "crm_owner";

    /// <summary>Who the API connects as: bound by row-level security.</summary>
    public const string AppRole = "crm_app";

    /// <summary>Who the reference connects as: not bound by row-level security.</summary>
    public const string ReferenceRole = "crm_bench_reference";

    /// <summary>The password of all roles and users that the benchmark makes.</summary>
    public string Password => password;

    /// <summary>The superuser, in the server's own database.</summary>
    public string Maintenance => new NpgsqlConnectionStringBuilder(admin) { Database = "postgres", Pooling = false }.ConnectionString;

    /// <summary>The superuser, in the benchmark's database.</summary>
    public string Admin =>
        new NpgsqlConnectionStringBuilder(admin) { Database = Database, Pooling = false, CommandTimeout = 600 }.ConnectionString;

    /// <summary>One of the roles, in the benchmark's database.</summary>
    public string As(string role)
    {
        var source = new NpgsqlConnectionStringBuilder(admin);
        return new NpgsqlConnectionStringBuilder
        {
            Host = source.Host,
            Port = source.Port,
            Database = Database,
            Username = role,
            Password = password,
        }.ConnectionString;
    }
}
