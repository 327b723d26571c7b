using Crm.Application.Bodies;
using Crm.Application.ChangeLog;
using Crm.Application.Identity;
using Crm.Application.Identity.Lockout;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Application.Messaging.Pipeline;

/// <summary>What happens around every use case, outermost first. The order is the documentation.</summary>
public static class Pipeline
{
    /// <summary>The behaviors, outermost first.</summary>
    public static IReadOnlyList<Type> Behaviors { get; } =
    [
        typeof(LoggingBehavior<,>),           // one line and one measurement per request, whatever comes of it
        typeof(TenantBehavior<,>),            // there is a tenant, unless the request says that it needs none
        typeof(AuthorizationBehavior<,>),     // before anything is read, the cache included
        typeof(LockoutBehavior<,>),           // IAttempt: the account's limit; IGuardsLockout: the password; outside of the transaction, so that the count survives
        typeof(PasswordPolicyBehavior<,>),    // ISetsPassword: after the proof, since it reveals something of earlier passwords
        typeof(ValidationBehavior<,>),        // all faults at once; the two above ask the rules themselves, each request once
        typeof(CachingBehavior<,>),           // ICachedQuery
        typeof(CacheInvalidationBehavior<,>), // IInvalidates: outside of the transaction, so after the commit
        typeof(LogSignalBehavior<,>),         // commands: after the commit
        typeof(TransactionBehavior<,>),       // ITransactional
        typeof(ChangeLogBehavior<,>),         // ITransactional: saves, and writes what was saved to the change log, inside of the transaction
    ];

    /// <summary>Registers the behaviors in their order.</summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services)
    {
        foreach (var behavior in Behaviors)
            services.AddTransient(typeof(IPipelineBehavior<,>), behavior);
        services.AddTransient(typeof(RequestRules<>));
        services.AddTransient(typeof(NewPasswordRules<>));
        services.AddTransient(typeof(IFurtherRules<>), typeof(NewPasswordRules<>));
        services.AddTransient(typeof(IRequestRules<>), typeof(RequestRules<>));
        return services;
    }
}
