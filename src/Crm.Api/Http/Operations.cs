using Crm.Api.Identity;
using Crm.Application.Authorization;
using Crm.Domain.Common;
using Microsoft.AspNetCore.Http.Features;

namespace Crm.Api.Http;

/// <summary>
/// Maps operations. Who may call comes first, then the query string, then the body, where one is taken: so 401 and 403 say nothing about
/// what was sent.
/// </summary>
internal static class Operations
{
    private const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Maps an operation.</summary>
    public static IEndpointConventionBuilder MapOperation(
        this IEndpointRouteBuilder app, string method, string pattern, Operation operation, RequestDelegate handle)
    {
        // A request without a declaration must not start.
        var isPublic = AccessRules.DeclarationOf(operation.Request) is PublicAttribute;
        var takesBody = operation.TakesBody;
        var endpoint = app.MapMethods(pattern, [method], context =>
        {
            // Where no proof is looked at, the address and the device are all that is known of who calls.
            if (isPublic)
                context.MakeDeviceKnown();
            AccessRules.Demand(context.RequestServices.GetRequiredService<ICaller>(), operation.Request);
            context.Request.DemandTextInQuery();
            RefuseUnknownParameters(context.Request.Query, operation);
            RefuseIdempotencyKey(context.Request);
            return takesBody || !MayHaveBody(context) ? handle(context) : HandleWithoutBodyAsync(context, handle);
        }).WithMetadata(operation.At(pattern)).WithName(operation.Request.Name);
        return isPublic ? endpoint.AllowAnonymous() : endpoint;
    }

    private static bool MayHaveBody(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;

    // Whoever sends a body means something by it. One sent in chunks may turn out to be empty.
    private static async Task HandleWithoutBodyAsync(HttpContext context, RequestDelegate handle)
    {
        if (await context.Request.Body.ReadAsync(new byte[1], context.RequestAborted) > 0)
            throw new InvalidException([FieldError.At("", "body_not_taken", "This operation takes no body; leave it out.")]);
        await handle(context);
    }

    // A client that sends one relies on it when it sends the request again: better refused than done twice.
    private static void RefuseIdempotencyKey(HttpRequest request)
    {
        if (request.Headers.ContainsKey(IdempotencyKey) && !HttpMethods.IsGet(request.Method))
            throw new InvalidException([FieldError.In(IdempotencyKey, "idempotency_not_supported", "Requests cannot be made repeatable by a key; leave the header out.")]);
    }

    private static void RefuseUnknownParameters(IQueryCollection query, Operation operation)
    {
        // A list tells them together with all that is wrong with its question.
        if (operation.Kind == OperationKind.List)
            return;

        List<FieldError>? errors = null;
        foreach (var (name, values) in query)
        {
            if (!operation.QueryParameters.Contains(name))
                (errors ??= []).Add(FieldError.In(name, "unknown_parameter", "There is no such parameter."));
            else if (values.Count > 1)
                (errors ??= []).Add(FieldError.In(name, "repeated_parameter", "This parameter can be given once."));
        }

        if (errors is not null)
            throw new InvalidException(errors);
    }
}
