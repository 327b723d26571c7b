using Crm.Api.Http;
using Microsoft.AspNetCore.Authentication;

namespace Crm.Api.Identity;

/// <summary>Registers access tokens as the way callers prove who they are, and puts them to use.</summary>
internal static class Bearer
{
    /// <summary>Registers authentication by access token as the default.</summary>
    /// <param name="services">The container.</param>
    /// <returns>The same container.</returns>
    public static IServiceCollection AddBearer(this IServiceCollection services)
    {
        services.AddAuthentication(BearerHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
        return services;
    }

    /// <summary>
    /// Finds out who makes each request that needs a known caller; a proof that does not hold is refused. Where anyone may call, no proof
    /// is looked at, so that a client can sign in with its old token still attached. Goes behind routing.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns>The application.</returns>
    public static IApplicationBuilder UseBearer(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { IsPublic: false })
        {
            var result = await context.AuthenticateAsync();
            if (result.Failure is { } refusal)
                throw refusal;
            if (result.Principal is { } caller)
                context.User = caller;
        }

        await next(context);
    });
}
