using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Application.Records;

namespace Crm.Api.Records;

/// <summary>Reads questions about records in the name of the present caller.</summary>
internal static class RecordReading
{
    /// <summary>What reads the questions to a record type.</summary>
    public static RecordQueryReader QueryReader(this HttpContext context, RecordType type) =>
        new(type, context.Access(), context.Currency(), context.RequestServices.GetRequiredService<KnownSelections>());

    /// <summary>What of the records exists for the caller.</summary>
    public static RecordView Access(this HttpContext context) => RecordView.Of(context.RequestServices.GetRequiredService<ICaller>());

    /// <summary>The currency of amounts given without one.</summary>
    public static string Currency(this HttpContext context) =>
        context.RequestServices.GetRequiredService<IMultiTenantContextAccessor>().MultiTenantContext.TenantInfo?.Currency ?? "";
}
