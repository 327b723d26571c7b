using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Application.Records;

namespace Crm.Api.Records;

/// <summary>Reads questions about records in the name of the present caller.</summary>
internal static class RecordReading
{
    /// <summary>What reads the questions to a record type.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">The record type.</param>
    /// <returns>A reader for one question.</returns>
    public static RecordQueryReader QueryReader(this HttpContext context, RecordDescription type) =>
        new(type, context.Access(), context.Currency(), context.RequestServices.GetRequiredService<KnownSelections>());

    /// <summary>What of the records exists for the caller.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The access.</returns>
    public static RecordAccess Access(this HttpContext context) => RecordAccess.Of(context.RequestServices.GetRequiredService<ICaller>());

    /// <summary>The currency of amounts given without one.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The tenant's; none where there is no tenant, which is refused once the request is sent.</returns>
    public static string Currency(this HttpContext context) =>
        context.RequestServices.GetRequiredService<IMultiTenantContextAccessor>().MultiTenantContext.TenantInfo?.Currency ?? "";
}
