using System.Globalization;
using System.Net;
using Crm.Application.Audit;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.ChangeLog.Audit;

/// <summary>What is counted together.</summary>
/// <param name="TenantId">Whose log it goes to; <c>null</c> for the host's.</param>
/// <param name="Action">What happened; one of <see cref="SecurityActions"/>.</param>
/// <param name="Actor">Who did it, and from where.</param>
/// <param name="Origin">The name of the request.</param>
/// <param name="Code">The code of the refusal.</param>
internal sealed record EventKey(Guid? TenantId, string Action, EventActor Actor, string Origin, string Code);

/// <summary>
/// Counts events of which there can be any number, in memory until they are written. A process that is killed loses what it counted since;
/// one that stops in order does not. The number of keys is bounded: beyond it, callers are counted together, and in the end all of them.
/// </summary>
[Singleton]
internal sealed class EventCounts(IOptions<AuditOptions> options, TimeProvider time)
{
    /// <summary>The most keys that name their caller; as many again that do not.</summary>
    public const int MostKeys = 10_000;

    private static readonly EventActor Anyone = new("unknown", null, null, null);
    private static readonly EventKey Overflow = new(null, SecurityActions.AccessDenied, Anyone, "Any", "any");

    private readonly Counts<EventKey, Counted> _counts =
        new(MostKeys, (key, keys) => keys < 2 * MostKeys ? key with { Actor = Anyone } : Overflow);
    private readonly Lock _admitting = new();
    private readonly Dictionary<IPAddress, int> _failures = [];
    private long _minute;

    /// <summary>Counts an event.</summary>
    public void Count(EventKey key, string? correlationId)
    {
        var now = time.GetUtcNow();
        _counts.Add(key, new Counted(1, now, now, correlationId));
    }

    /// <summary>Takes what was counted; counting starts again.</summary>
    public ILookup<Guid?, KeyValuePair<EventKey, Counted>> Take() => _counts.Take().ToLookup(c => c.Key.TenantId);

    /// <summary>Puts back what could not be written.</summary>
    public void PutBack(IEnumerable<KeyValuePair<EventKey, Counted>> counted)
    {
        foreach (var (key, count) in counted)
            _counts.Add(key, count);
    }

    /// <summary>Whether a failure from an address may have an entry of its own in the present minute.</summary>
    public bool AdmitsFailureFrom(IPAddress? address)
    {
        lock (_admitting)
        {
            var minute = time.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
            if (minute != _minute)
                _failures.Clear();
            _minute = minute;
            var from = address ?? IPAddress.None;
            var failures = _failures.GetValueOrDefault(from);
            if (failures >= options.Value.FailuresPerMinute || (failures == 0 && _failures.Count >= MostKeys))
                return false;
            _failures[from] = failures + 1;
            return true;
        }
    }
}

/// <summary>How often something happened.</summary>
/// <param name="Times">The number of times.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
/// <param name="CorrelationId">The trace of the first.</param>
internal sealed record Counted(long Times, DateTimeOffset First, DateTimeOffset Last, string? CorrelationId) : ICount<Counted>
{
    public Counted Plus(Counted more) =>
        new(Times + more.Times, First < more.First ? First : more.First, Last > more.Last ? Last : more.Last, CorrelationId);

    /// <summary>As an event to be written.</summary>
    public SecurityEvent Of(EventKey key) => new(key.Action, "access", key.Actor, key.Origin, CorrelationId, new Dictionary<string, string>
    {
        ["code"] = key.Code,
        ["count"] = Times.ToString(CultureInfo.InvariantCulture),
        ["first"] = First.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        ["last"] = Last.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
    });
}
