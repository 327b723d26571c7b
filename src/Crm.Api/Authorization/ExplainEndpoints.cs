using Crm.Api.Http;
using Crm.Application.Authorization;
using Crm.Application.Records;

namespace Crm.Api.Authorization;

/// <summary>Why a user may or may not do something.</summary>
internal sealed class ExplainEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapOperation("GET", "/api/v1/admin/explain", new Operation(typeof(ExplainAccess), "Tell which rule decides whether a user may do something.")
        {
            QueryParameters = ["userId", "permission", "recordType", "recordId", "field"],
            RequiredParameters = ["userId", "permission"],
            Answer = typeof(AccessExplanation),
        }, async context =>
        {
            var parameters = new ParameterReader(context.ReadParameter);
            var (userId, recordId) = (parameters.Id("userId"), parameters.Id("recordId"));
            parameters.Require("userId", "permission");
            parameters.Check();
            var explained = await context.SendAsync(new ExplainAccess(
                userId!.Value, context.ReadParameter("permission")!, context.ReadParameter("recordType"), recordId, context.ReadParameter("field")));
            await context.WriteJsonAsync(StatusCodes.Status200OK, explained, AccessJson.Default.AccessExplanation);
        }).WithTags("access");
}
