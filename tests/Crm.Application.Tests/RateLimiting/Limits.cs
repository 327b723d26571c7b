using Crm.Application.RateLimiting;
using Microsoft.Extensions.Options;

namespace Crm.Application.Tests.RateLimiting;

/// <summary>Makes what tests of limits need.</summary>
internal static class Limits
{
    public static LimitRule Rule(LimitKind kind, int limit, int seconds, int longestWait = 0) =>
        new(kind, limit, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(longestWait));

    public static LimitCheck Check(params (LimitRule? Rule, Guid Subject)[] limits)
    {
        var check = new LimitCheck();
        foreach (var (rule, subject) in limits)
            check.Add(rule, rule?.Kind == LimitKind.Tenant ? subject : Guid.Empty, subject);
        return check;
    }

    public static LimitUse Last(this LimitCheck check) => check.Uses[^1];

    public static IOptions<RateLimitOptions> Options(Action<RateLimitOptions>? configure = null)
    {
        var options = new RateLimitOptions();
        configure?.Invoke(options);
        return Microsoft.Extensions.Options.Options.Create(options);
    }
}
