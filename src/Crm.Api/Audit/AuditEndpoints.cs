using Crm.Api.Http;
using Crm.Application.Audit;
using MediatR;

namespace Crm.Api.Audit;

/// <summary>Who did what, when and from where: in a tenant, and above tenants.</summary>
internal sealed class AuditEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        Map(app, "/api/v1/admin/audit", typeof(ListAuditEntries), "List the change log with its security events, newest first.", query => new ListAuditEntries(query));
        Map(app, "/api/v1/host/audit", typeof(ListHostAuditEntries), "List what happened above tenants, newest first.", query => new ListHostAuditEntries(query));
    }

    private static void Map(IEndpointRouteBuilder app, string path, Type request, string summary, Func<AuditQuery, IRequest<AuditPage>> ask) =>
        app.MapOperation("GET", path, new Operation(request, summary) { QueryParameters = AuditQuery.Parameters, Answer = typeof(AuditPage) }, async context =>
        {
            var page = await context.SendAsync(ask(AuditQuery.Read(context.ReadParameter)));
            await context.WriteJsonAsync(StatusCodes.Status200OK, page, AuditJson.Default.AuditPage);
        });
}
