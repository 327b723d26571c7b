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
    public static void CountDenial(this HttpContext context, Exception refusal)
    {
        context.Denials().Count(
            refusal,
            context.GetEndpoint()?.Metadata.GetMetadata<Operation>()?.Request.Name ?? NoOperation,
            context.User.FindFirst(TokenClaims.Tenant) is { } tenant ? Guid.Parse(tenant.Value) : null);
    }

    /// <summary>Has an attempt to prove who somebody is counted, which was refused because there were too many.</summary>
    public static void CountAttempt(this HttpContext context, Operation operation) => context.Denials().CountAttempt(operation.Request.Name);

    // Refused perhaps before anybody asked where it comes from.
    private static IDenials Denials(this HttpContext context)
    {
        context.RequestServices.GetRequiredService<ICallerSetter>().ComesFrom(context.Connection.RemoteIpAddress, context.TraceIdentifier);
        return context.RequestServices.GetRequiredService<IDenials>();
    }
}
