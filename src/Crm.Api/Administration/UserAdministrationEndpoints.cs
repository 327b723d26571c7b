using Crm.Api.Http;
using Crm.Application.Administration;
using Crm.Domain.Identity;

namespace Crm.Api.Administration;

/// <summary>Putting users out of use, and in use again.</summary>
internal sealed class UserAdministrationEndpoints : IEndpointGroup
{
    private const string Item = "/api/v1/admin/users/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("POST", Item + "/deactivate", new Operation(typeof(DeactivateUser), "Deactivate a user: its sessions end, and its records can be handed over.")
        {
            Body = typeof(Deactivation),
            Answer = typeof(UserStanding),
            HeedsVersion = true,
            Conflicts = ["own_membership", "last_owner", "concurrent_change"],
        }, async context =>
        {
            var body = await context.ReadJsonAsync(AdministrationJson.Default.Deactivation);
            await WriteAsync(context, await context.SendAsync(new DeactivateUser(ReadId(context), body.ReassignTo, context.ReadExpectedVersion())));
        });
        app.MapOperation("POST", Item + "/activate", new Operation(typeof(ActivateUser), "Let a deactivated user use the tenant again.")
        {
            Answer = typeof(UserStanding),
            HeedsVersion = true,
            Conflicts = ["plan_limit_reached", "concurrent_change"],
        }, async context => await WriteAsync(context, await context.SendAsync(new ActivateUser(ReadId(context), context.ReadExpectedVersion()))));
    }

    private static Guid ReadId(HttpContext context) => context.ReadId(MembershipErrors.NotFound);

    private static Task WriteAsync(HttpContext context, UserStanding standing) =>
        context.WriteJsonAsync(StatusCodes.Status200OK, standing, AdministrationJson.Default.UserStanding);
}
