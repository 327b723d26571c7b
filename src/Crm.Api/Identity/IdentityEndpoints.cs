using Crm.Api.Http;
using Crm.Application.Identity;
using Crm.Application.MultiTenancy;

namespace Crm.Api.Identity;

/// <summary>Signing in, and who one is.</summary>
internal sealed class IdentityEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("POST", "/api/v1/auth/sign-in", new Operation(typeof(SignIn), "Sign in with e-mail address and password.")
        {
            Body = typeof(SignIn),
            Answer = typeof(SignInResult),
            Conflicts = ["tenant_required"],
        }, SignInAsync);
        app.MapOperation("GET", "/api/v1/me", new Operation(typeof(GetMe), "Tell who is signed in, where, and what they may do.")
        {
            Answer = typeof(Me),
        }, GetMeAsync);
    }

    private static async Task SignInAsync(HttpContext context)
    {
        var request = await context.ReadJsonAsync(IdentityJson.Default.SignIn);

        // Nobody is signed in yet, so what is named comes from the header or the host name; it only chooses among one's own tenants.
        var named = await context.RequestServices.GetRequiredService<ITenantResolver>().GetIdentifiersAsync(context);
        var signedIn = await context.SendAttemptAsync(request.Naming(named));
        context.RememberDevice(signedIn.DeviceToken);
        await context.WriteTokensAsync(signedIn.Tokens);
    }

    private static async Task GetMeAsync(HttpContext context) =>
        await context.WriteJsonAsync(StatusCodes.Status200OK, await context.SendAsync(new GetMe()), IdentityJson.Default.Me);
}
