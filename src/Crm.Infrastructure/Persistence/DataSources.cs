using Npgsql;

namespace Crm.Infrastructure.Persistence;

/// <summary>How connections to the database are made.</summary>
public static class DataSources
{
    // The server ends a statement after this, and says so. The client waits a little longer: were it as long, the two would race, and the
    // answer would say one time this and one time that.
    private const int ServerTimeout = 30;
    private const int ClientTimeout = ServerTimeout + 5;

    /// <summary>The pool of the running application. Whatever the connection string does not say is set for its needs.</summary>
    public static NpgsqlDataSource ForApplication(string connectionString, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        // The builder's own ContainsKey answers whether a keyword exists, not whether it was given; Keys holds those that were.
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var keywords = given.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = given.ApplicationName ?? "crm",
            MaxAutoPrepare = keywords.Contains("Max Auto Prepare") ? given.MaxAutoPrepare : 200,
            AutoPrepareMinUsages = keywords.Contains("Auto Prepare Min Usages") ? given.AutoPrepareMinUsages : 3,

            // Settings are transaction-local without exception, so nothing is left on a connection to be reset.
            NoResetOnClose = true,
            CommandTimeout = keywords.Contains("Command Timeout") ? given.CommandTimeout : ClientTimeout,
            MaxPoolSize = keywords.Contains("Maximum Pool Size") ? given.MaxPoolSize : 50,
            Options = string.IsNullOrEmpty(given.Options) ? $"-c statement_timeout={ServerTimeout}s -c jit=off" : given.Options,
        };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        configure?.Invoke(builder);
        return builder.Build();
    }
}
