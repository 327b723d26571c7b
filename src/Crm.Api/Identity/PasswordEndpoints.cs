using System.Text.Json.Serialization.Metadata;
using Crm.Api.Http;
using Crm.Application.Identity;
using Crm.Application.RateLimiting;
using MediatR;

namespace Crm.Api.Identity;

/// <summary>Passwords and e-mail addresses: chosen, forgotten, changed.</summary>
internal sealed class PasswordEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        Take(app, "/api/v1/auth/password/forgot", "Have a link mailed to replace a forgotten password.", StatusCodes.Status202Accepted, IdentityJson.Default.RequestPasswordReset);
        Take(app, "/api/v1/auth/password/reset", "Replace a forgotten password, by the link that was mailed.", StatusCodes.Status204NoContent, IdentityJson.Default.ResetPassword);
        Take(app, "/api/v1/me/email", "Have a link mailed to a new e-mail address.", StatusCodes.Status202Accepted, IdentityJson.Default.RequestEmailChange);
        Take(app, "/api/v1/auth/email/confirm", "Make a new e-mail address count, by the link that was mailed.", StatusCodes.Status204NoContent, IdentityJson.Default.ConfirmEmailChange, "email_taken");
        app.MapOperation("POST", "/api/v1/me/password", new Operation(typeof(ChangePassword), "Choose another password.")
        {
            Body = typeof(ChangePassword),
            SuccessStatus = StatusCodes.Status204NoContent,
        }, async context =>
        {
            var changed = await context.SendAttemptAsync(await context.ReadJsonAsync(IdentityJson.Default.ChangePassword));
            context.RememberDevice(changed.DeviceToken);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        MapOwnStrength(app);
        app.MapOperation("POST", "/api/v1/auth/password/strength", new Operation(typeof(EstimatePassword), "Tell how good a password would be.")
        {
            Body = typeof(EstimatePassword),
            Answer = typeof(PasswordEstimate),
        }, async context =>
        {
            var estimate = await context.SendAsync(await context.ReadJsonAsync(IdentityJson.Default.EstimatePassword));
            await context.WriteJsonAsync(StatusCodes.Status200OK, estimate, IdentityJson.Default.PasswordEstimate);
        });
    }

    private static void MapOwnStrength(IEndpointRouteBuilder app) =>
        app.MapOperation("POST", "/api/v1/me/password/strength", new Operation(typeof(EstimateOwnPassword), "Tell how good a password would be for oneself, by the rules of all one's tenants.")
        {
            Body = typeof(EstimateOwnPassword),
            Answer = typeof(PasswordEstimate),
        }, async context =>
        {
            var estimate = await context.SendAsync(await context.ReadJsonAsync(IdentityJson.Default.EstimateOwnPassword));
            await context.WriteJsonAsync(StatusCodes.Status200OK, estimate, IdentityJson.Default.PasswordEstimate);
        });

    private static void Take<TRequest>(
        IEndpointRouteBuilder app, string path, string summary, int status, JsonTypeInfo<TRequest> shape, params string[] conflicts)
        where TRequest : IAttempt<Unit> =>
        app.MapOperation("POST", path, new Operation(typeof(TRequest), summary) { Body = typeof(TRequest), SuccessStatus = status, Conflicts = conflicts }, async context =>
        {
            await context.SendAttemptAsync(await context.ReadJsonAsync(shape));
            context.Response.StatusCode = status;
        });
}
