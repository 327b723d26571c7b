using Crm.Application.Authorization;
using Crm.Application.Identity;
using Crm.Application.Identity.Lockout;
using Crm.Domain.Identity;
using Crm.Infrastructure.Identity.Lockout;
using Crm.Infrastructure.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Crm.Infrastructure.Identity;

/// <summary>Registers users, passwords and access tokens.</summary>
public static class IdentityServices
{
    /// <summary>Registers users, passwords and access tokens. A key source registered before takes the place of the folder.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AccessTokenOptions>().BindConfiguration(AccessTokenOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PasswordHashingOptions>().BindConfiguration(PasswordHashingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SessionOptions>().BindConfiguration(SessionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<LockoutOptions>().BindConfiguration(LockoutOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PasswordPolicy>().BindConfiguration(PasswordPolicy.Section)
            .Validate(policy => policy.IsValid(), "PasswordPolicy: MinLength is 8 or more and not above MaxLength, which is 64 to 1000.").ValidateOnStart();
        services.AddSingleton(s => s.GetRequiredService<IOptions<PasswordPolicy>>().Value);

        services.AddSingleton<SigningKeyFolder>();
        services.AddSingleton<ISigningKeyRotation>(s => s.GetRequiredService<SigningKeyFolder>());
        services.TryAddSingleton<ISigningKeySource>(s => s.GetRequiredService<SigningKeyFolder>());
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton<IPublicKeys>(s => s.GetRequiredService<SigningKeyRing>());
        services.AddSingleton<IAccessTokens, AccessTokens>();
        services.AddSingleton<ICsrfTokens, CsrfTokens>();
        services.AddSingleton<IPasswords, Passwords>();
        services.AddSingleton<IUserDirectory, UserDirectory>();
        services.AddSingleton<IOneTimeLinks, OneTimeLinks>();
        services.AddSingleton<IAccessReader, AccessReader>();
        services.AddSingleton<DatabaseLockout>();
        services.AddSingleton<ILockoutCounter>(
            s => s.GetService<IRedis>() is null ? s.GetRequiredService<DatabaseLockout>() : ActivatorUtilities.CreateInstance<RedisLockout>(s));
        services.AddSingleton<IKnownDevices, KnownDevices>();
        services.AddScoped<ISessions, Sessions>();
        services.AddScoped<IRefreshTokens, RefreshTokens>();
        return services;
    }
}
