using Crm.Api.Http;
using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.Identity;

namespace Crm.Api.Audit;

/// <summary>Tells of refused requests.</summary>
internal static class DenialAudit
{
    // What was refused before it came to an operation.
    private const string NoOperation = "Unknown";

    /// <summary>Has a refusal counted, if it is one that is kept.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">What it was refused with.</param>
    public static void CountDenial(this HttpContext context, Exception refusal)
    {
        // Refused perhaps before anybody asked where it comes from.
        context.RequestServices.GetRequiredService<ICallerSetter>().ComesFrom(context.Connection.RemoteIpAddress, context.TraceIdentifier);
        context.RequestServices.GetRequiredService<IDenials>().Count(
            refusal,
            context.GetEndpoint()?.Metadata.GetMetadata<Operation>()?.Request.Name ?? NoOperation,
            context.User.FindFirst(TokenClaims.Tenant) is { } tenant ? Guid.Parse(tenant.Value) : null);
    }
}
