using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Crm.Domain.Common;
using Crm.Infrastructure.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Redis;

/// <summary>Looks at Redis for the operator.</summary>
public static class RedisChecks
{
    /// <summary>Looks whether the configured Redis answers.</summary>
    public static async Task<IReadOnlyList<SystemCheck>> RunAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        const string name = "Redis";
        if (RedisOptions.Read(configuration) is not { } options)
            return [];

        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
            return [new SystemCheck(name, "not configured rightly", new CannotRunException("redis_setting_invalid", faults[0].ErrorMessage!))];

        await using var connection = new RedisConnection(Options.Create(options), TimeProvider.System, NullLogger<RedisConnection>.Instance);
        try
        {
            var took = await connection.OpenAsync(cancellationToken);
            return [new SystemCheck(name, string.Create(CultureInfo.InvariantCulture, $"answers in {took.TotalMilliseconds:0.0} ms"))];
        }
        catch (RedisAwayException)
        {
            return [new SystemCheck(name, "away", new CannotRunException("redis_unreachable", "Redis does not answer, or refuses the password of ConnectionStrings:Redis; without it each node limits and caches for itself."))];
        }
    }
}
