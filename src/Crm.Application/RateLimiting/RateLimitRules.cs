using Microsoft.Extensions.Options;

namespace Crm.Application.RateLimiting;

/// <summary>The rules in force: what the profile says, where the configuration says nothing else.</summary>
[Singleton]
public sealed class RateLimitRules
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    private readonly LimitRule?[] _rules = new LimitRule?[Enum.GetValues<LimitKind>().Length];

    /// <summary>Makes the rules.</summary>
    public RateLimitRules(IOptions<RateLimitOptions> options)
    {
        var configured = options.Value;
        if (!configured.Enabled)
            return;
        foreach (var (kind, settings) in configured.All())
            _rules[(int)kind] = Make(kind, settings, configured);
    }

    /// <summary>The rule of a kind.</summary>
    public LimitRule? Of(LimitKind kind) => _rules[(int)kind];

    /// <summary>Adds the rules that a request of a signed-in user falls under because of the user.</summary>
    public void AddUser(LimitCheck check, RateLimitClass operation, Guid tenantId, Guid user)
    {
        check.Add(Of(operation == RateLimitClass.Admin ? LimitKind.Admin : LimitKind.Authenticated), tenantId, user);
        if (operation is RateLimitClass.Payment or RateLimitClass.Ai)
            check.Add(Of(operation == RateLimitClass.Payment ? LimitKind.Payment : LimitKind.Ai), tenantId, user);
    }

    private static LimitRule? Make(LimitKind kind, LimitSettings settings, RateLimitOptions configured)
    {
        var usual = Usual(kind, configured.Profile);
        if (!settings.Enabled || (settings.Limit ?? usual?.Limit) is not { } limit)
            return null;
        var window = settings.Window ?? usual?.Window ?? Quarter;
        return new LimitRule(kind, limit, window, kind == LimitKind.Login ? window * Math.Pow(2, configured.LoginDoublings) : default);
    }

    private static (int Limit, TimeSpan Window)? Usual(LimitKind kind, RateLimitProfile profile) => kind switch
    {
        LimitKind.Address => profile == RateLimitProfile.Strict ? (100, Quarter) : null,
        LimitKind.Public => (60, Minute),
        LimitKind.Login => (5, profile == RateLimitProfile.Strict ? Quarter : Minute),
        LimitKind.Authenticated => (300, Minute),
        LimitKind.Admin => (1_000, Minute),
        LimitKind.Payment => (10, TimeSpan.FromHours(1)),
        LimitKind.Ai => (10, Minute),
        _ => (6_000, Minute),
    };
}
