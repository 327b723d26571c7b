using Crm.Api.Http;
using Crm.Application.Authorization;
using Crm.Domain.Common;

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
            List<FieldError> errors = [];
            var (userId, recordId) = (Id(context, "userId", errors), Id(context, "recordId", errors));
            var permission = context.ReadParameter("permission");
            if (context.ReadParameter("userId") is null)
                errors.Add(FieldError.In("userId", "required", "This parameter is required."));
            if (permission is null)
                errors.Add(FieldError.In("permission", "required", "This parameter is required."));
            if (errors.Count > 0)
                throw new InvalidException(errors);
            var explained = await context.SendAsync(new ExplainAccess(userId!.Value, permission!, context.ReadParameter("recordType"), recordId, context.ReadParameter("field")));
            await context.WriteJsonAsync(StatusCodes.Status200OK, explained, AccessJson.Default.AccessExplanation);
        }).WithTags("access");

    private static Guid? Id(HttpContext context, string name, List<FieldError> errors)
    {
        if (context.ReadParameter(name) is not { } text)
            return null;
        if (Guid.TryParseExact(text, "D", out var id))
            return id;
        errors.Add(FieldError.In(name, "invalid_type", "Expected a UUID."));
        return null;
    }
}
