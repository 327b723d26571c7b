using System.Net;
using Crm.Api.Http;
using Crm.Api.Identity;
using Crm.Application.ApiKeys;
using Crm.Application.Audit;
using Crm.Application.Caching;
using Crm.Domain.ApiKeys;

namespace Crm.Api.ApiKeys;

/// <summary>
/// An API key, in <c>X-API-Key</c> or as bearer. Counts what keys are used for, and notes known ones that are refused.
/// </summary>
internal sealed class ApiKeyCredential(IApiKeyAccess access, IApiKeyUsage usage, TimeProvider time) : ICredential
{
    /// <summary>The header that carries a key.</summary>
    public const string HeaderName = "X-API-Key";

    private const int NotesKept = 10_000;

    private static readonly TimeSpan BetweenNotes = TimeSpan.FromMinutes(1);

    private readonly Lock _noting = new();
    private readonly BoundedMap<Guid, long> _notedAt = new(NotesKept);

    public ValueTask<CredentialResult> ProveAsync(HttpContext context)
    {
        var isBearer = BearerCredential.TryFind(context.Request, out var bearer);
        if (!context.Request.Headers.TryGetValue(HeaderName, out var sent))
            return isBearer && access.IsMeant(bearer) ? ProveAsync(context, bearer.ToString()) : ValueTask.FromResult(CredentialResult.None);

        // A key that is sent in both ways is one proof; any other proof beside it leaves open which of the two counts.
        var isAlone = context.Request.Headers.Authorization.ToString().Length == 0 || (isBearer && bearer.ToString() == sent);
        return isAlone
            ? ProveAsync(context, sent.ToString().Trim())
            : ValueTask.FromResult(CredentialResult.Refused(ApiKeyErrors.Ambiguous()));
    }

    private async ValueTask<CredentialResult> ProveAsync(HttpContext context, string key)
    {
        var check = await access.CheckAsync(key, context.Connection.RemoteIpAddress, context.RequestAborted);
        if (check.Access is not { } granted)
        {
            // Behind the answer, so that not even the time it takes tells a known key from an unknown one. The log is resolved before: what is
            // registered last is done first, and the scope of the request must not end before the note is written.
            var log = context.RequestServices.GetRequiredService<ISecurityLog>();
            if (check.Refused is { } refused && MayNote(refused.Id))
                context.Response.OnCompleted(() => NoteAsync(log, refused, context.Connection.RemoteIpAddress));
            return CredentialResult.Refused(ApiKeyErrors.Invalid());
        }

        // Behind the answer, when its status is known, however it came about.
        var operation = context.GetEndpoint()!.Metadata.GetMetadata<Operation>()?.Request.Name ?? "none";
        context.Response.OnCompleted(() =>
        {
            usage.Count(granted, context.Connection.RemoteIpAddress, operation, context.Response.StatusCode);
            return Task.CompletedTask;
        });
        return CredentialResult.Proven(granted.ToCaller(context.TraceIdentifier), granted.Principal);
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

    private static Task NoteAsync(ISecurityLog log, RefusedApiKey refused, IPAddress? address) => log.AppendAsync(
        SecurityActions.ApiKeyRefused,
        $"api_key:{refused.Id}",
        new Dictionary<string, string>
        {
            [SecurityFields.TenantId] = refused.TenantId.ToString(),
            ["reason"] = refused.Reason,
            ["address"] = address?.ToString() ?? "",
        },
        CancellationToken.None);
}
