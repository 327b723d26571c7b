using Microsoft.Extensions.DependencyInjection;

namespace Crm.Application.Identity.Lockout;

/// <summary>Registers what a password passes through when it is offered as proof.</summary>
internal static class LockoutServices
{
    /// <summary>Registers the gate and what it is made of; settings, counter and known devices come from elsewhere.</summary>
    public static void AddLockout(this IServiceCollection services)
    {
        services.AddSingleton<AttemptTurns>();
        services.AddSingleton<AttemptDelays>();
        services.AddScoped<PasswordProof>();
        services.AddTransient<PasswordGate>();
    }
}
