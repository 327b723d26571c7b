using Crm.Api.Http;
using Crm.Application.ApiKeys;
using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Caching;
using Crm.Domain.ApiKeys;

namespace Crm.Api.ApiKeys;

/// <summary>Finds out who calls by an API key, counts what keys are used for and notes known ones that are refused.</summary>
internal sealed class KeyCallers(IApiKeyAccess access, IApiKeyUsage usage, TimeProvider time)
{
    /// <summary>The header that carries a key.</summary>
    public const string HeaderName = "X-API-Key";

    private const int NotesKept = 10_000;

    private static readonly TimeSpan BetweenNotes = TimeSpan.FromMinutes(1);

    private readonly Lock _noting = new();
    private readonly BoundedMap<Guid, long> _notedAt = new(NotesKept);

    /// <summary>Whether a bearer's proof is meant to be an API key.</summary>
    public bool IsMeant(string bearer) => access.IsMeant(bearer);

    /// <summary>Finds out who calls.</summary>
    public async Task IdentifyAsync(HttpContext context, string key, ICallerSetter caller)
    {
        var check = await access.CheckAsync(key, context.Connection.RemoteIpAddress, context.RequestAborted);
        if (check.Access is not { } granted)
        {
            caller.Refuse(ApiKeyErrors.Invalid());

            // Behind the answer, so that not even the time it takes tells a known key from an unknown one.
            if (check.Refused is { } refused && MayNote(refused.Id))
                context.Response.OnCompleted(() => NoteAsync(context, refused));
            return;
        }

        caller.Set(granted.ToCaller(context.TraceIdentifier));
        context.User = granted.Principal;

        // Behind the answer, when its status is known, however it came about.
        var operation = context.GetEndpoint()!.Metadata.GetMetadata<Operation>()?.Request.Name ?? "none";
        context.Response.OnCompleted(() =>
        {
            usage.Count(granted, context.Connection.RemoteIpAddress, operation, context.Response.StatusCode);
            return Task.CompletedTask;
        });
    }

    // A flood of requests must not become a flood of entries.
    private bool MayNote(Guid key)
    {
        lock (_noting)
        {
            if (_notedAt.TryGet(key, out var at) && time.GetElapsedTime(at) < BetweenNotes)
                return false;
            _notedAt.Set(key, time.GetTimestamp());
            return true;
        }
    }

    private static Task NoteAsync(HttpContext context, RefusedApiKey refused) => context.RequestServices.GetRequiredService<ISecurityLog>().AppendAsync(
        SecurityActions.ApiKeyRefused,
        $"api_key:{refused.Id}",
        new Dictionary<string, string>
        {
            [SecurityFields.TenantId] = refused.TenantId.ToString(),
            ["reason"] = refused.Reason,
            ["address"] = context.Connection.RemoteIpAddress?.ToString() ?? "",
        },
        CancellationToken.None);
}
