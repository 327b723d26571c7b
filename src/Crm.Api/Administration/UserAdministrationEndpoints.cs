using Crm.Api.Http;
using Crm.Application.Administration;
using Crm.Application.Identity.Lockout;
using Crm.Application.Records;
using Crm.Application.Roles;
using Crm.Domain.Identity;

namespace Crm.Api.Administration;

/// <summary>What is done to a tenant's users: given a role, put out of use and in use again, unlocked.</summary>
internal sealed class UserAdministrationEndpoints : IEndpointGroup
{
    private const string Item = "/api/v1/admin/users/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        MapRole(app);
        MapStanding(app);
        MapLockout(app);
    }

    private static void MapRole(IEndpointRouteBuilder app)
    {
        var user = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(Member));
        app.MapOperation("PUT", Item + "/role", new Operation(typeof(ChangeRole), "Give a user another role; every node heeds it within a second.")
        {
            Record = user,
            Body = typeof(ChangeRoleBody),
            Conflicts = ["last_owner"],
        }, async context =>
        {
            var body = await context.ReadJsonAsync(AdministrationJson.Default.ChangeRoleBody);
            await context.WriteRecordAsync(await context.SendAtVersionAsync(version => new ChangeRole(context.ReadId(user), body.RoleId, version)));
        }).WithTags(user.Plural);
    }

    private static void MapStanding(IEndpointRouteBuilder app)
    {
        app.MapOperation("POST", Item + "/deactivate", new Operation(typeof(DeactivateUser), "Deactivate a user: its sessions end, and its records can be handed over.")
        {
            Body = typeof(Deactivation),
            BodyIsOptional = true,
            Answer = typeof(UserStanding),
            HeedsVersion = true,
            Conflicts = ["own_membership", "last_owner", "concurrent_change"],
        }, async context =>
        {
            var body = await context.ReadJsonAsync(AdministrationJson.Default.Deactivation);
            await WriteAsync(context, await context.SendAtVersionAsync(version => new DeactivateUser(ReadId(context), body.ReassignTo, version)));
        });
        app.MapOperation("POST", Item + "/activate", new Operation(typeof(ActivateUser), "Let a deactivated user use the tenant again.")
        {
            Answer = typeof(UserStanding),
            HeedsVersion = true,
            Conflicts = ["plan_limit_reached", "concurrent_change"],
        }, async context => await WriteAsync(context, await context.SendAtVersionAsync(version => new ActivateUser(ReadId(context), version))));
    }

    private static void MapLockout(IEndpointRouteBuilder app)
    {
        app.MapOperation("GET", Item + "/lockout", new Operation(typeof(GetLockout), "Tell whether a member's account is locked.")
        {
            Answer = typeof(LockoutState),
        }, async context =>
        {
            var state = await context.SendAsync(new GetLockout(ReadId(context)));
            await context.WriteJsonAsync(StatusCodes.Status200OK, state, AdministrationJson.Default.LockoutState);
        });
        app.MapOperation("POST", Item + "/unlock", new Operation(typeof(UnlockUser), "Unlock a member's account before its time.")
        {
            SuccessStatus = StatusCodes.Status204NoContent,
            Conflicts = ["unlock_limit_reached"],
        }, async context =>
        {
            await context.SendAsync(new UnlockUser(ReadId(context)));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }

    private static Guid ReadId(HttpContext context) => context.ReadId(MembershipErrors.NotFound);

    private static Task WriteAsync(HttpContext context, UserStanding standing) =>
        context.WriteJsonAsync(StatusCodes.Status200OK, standing, AdministrationJson.Default.UserStanding);
}
