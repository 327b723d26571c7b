namespace Crm.Api.Identity;

/// <summary>Registers access tokens as the way callers prove who they are.</summary>
internal static class Bearer
{
    /// <summary>Registers authentication by access token as the default.</summary>
    /// <param name="services">The container.</param>
    /// <returns>The same container.</returns>
    public static IServiceCollection AddBearer(this IServiceCollection services)
    {
        // The core alone: nothing here is protected by keys on disk, which AddAuthentication would make.
        services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = BearerHandler.SchemeName;
            options.AddScheme<BearerHandler>(BearerHandler.SchemeName, displayName: null);
        });
        services.AddTransient<BearerHandler>();
        return services;
    }
}
