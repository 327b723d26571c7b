using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace Crm.Infrastructure.Redis;

/// <summary>How Redis is reached; section <c>Redis</c> of the configuration, and <c>ConnectionStrings:Redis</c>.</summary>
public sealed class RedisOptions : IValidatableObject
{
    private const string Section = "Redis";

    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "Redis";

    /// <summary>Servers and options, as StackExchange.Redis reads them, such as <c>redis-1:6379,password=…,ssl=true</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>So long nothing is heard of Redis before it counts as away, 10 ms – 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>So long a connection may take to be made, and so long it is until the next attempt, 100 ms – 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>So long Redis is left alone once it is away, 10 ms – 1 min; until then nobody waits for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The text is not repeated: there may be a password in it.
        if (TryParse() is not { EndPoints.Count: > 0 })
            yield return new ValidationResult($"ConnectionStrings:{ConnectionName} does not say how Redis is reached, such as localhost:6379,password=….", [nameof(ConnectionString)]);
    }

    /// <summary>How Redis is reached; <c>null</c> unless <c>ConnectionStrings:Redis</c> is set.</summary>
    internal static RedisOptions? Read(IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration.GetConnectionString(ConnectionName)))
            return null;
        var options = new RedisOptions();
        options.Bind(configuration);
        return options;
    }

    /// <summary>Fills the options from their section and the connection string.</summary>
    internal void Bind(IConfiguration configuration)
    {
        configuration.GetSection(Section).Bind(this);
        ConnectionString = configuration.GetConnectionString(ConnectionName)!;
    }

    /// <summary>Translates the options for the client.</summary>
    internal ConfigurationOptions ForClient()
    {
        var client = ConfigurationOptions.Parse(ConnectionString);
        // A server that is not there yet is no reason not to start: the client goes on trying.
        client.AbortOnConnectFail = false;
        client.ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds;
        client.SyncTimeout = (int)Timeout.TotalMilliseconds;
        client.ClientName = "crm";
        return client;
    }

    /// <summary>Reads the connection string.</summary>
    internal ConfigurationOptions? TryParse()
    {
        try
        {
            return ConfigurationOptions.Parse(ConnectionString);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            return null;
        }
    }
}
