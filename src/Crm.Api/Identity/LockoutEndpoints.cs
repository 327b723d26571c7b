using Crm.Api.Http;
using Crm.Application.Identity.Lockout;
using Crm.Domain.Identity;

namespace Crm.Api.Identity;

/// <summary>Locked accounts of members: seen and unlocked by those who manage users.</summary>
internal sealed class LockoutEndpoints : IEndpointGroup
{
    private const string Item = "/api/v1/admin/users/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("GET", Item + "/lockout", new Operation(typeof(GetLockout), "Tell whether a member's account is locked.")
        {
            Answer = typeof(LockoutState),
        }, async context =>
        {
            var state = await context.SendAsync(new GetLockout(ReadId(context)));
            await context.WriteJsonAsync(StatusCodes.Status200OK, state, IdentityJson.Default.LockoutState);
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
}
