using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Crm.Api.ApiKeys;
using Crm.Application.Authorization;
using Crm.Domain.Common;

namespace Crm.Api.Identity;

/// <summary>One way in which a request can prove who makes it.</summary>
internal interface ICredential
{
    /// <summary>
    /// Looks for the proof in a request and checks it. That there is none is answered at once; only a proof that was found may be waited for.
    /// </summary>
    ValueTask<CredentialResult> ProveAsync(HttpContext context);
}

/// <summary>What a credential found: nothing, who makes the request, or why the proof does not hold.</summary>
internal readonly struct CredentialResult
{
    private CredentialResult(CallerIdentity? identity, ClaimsPrincipal? principal, UnauthenticatedException? refusal) =>
        (Identity, Principal, Refusal) = (identity, principal, refusal);

    /// <summary>The request carries no proof of this kind; the next credential is asked.</summary>
    public static CredentialResult None => default;

    /// <summary>Whether the request carries a proof of this kind, good or not.</summary>
    public bool IsMatch => Identity is not null || Refusal is not null;

    /// <summary>Who makes the request.</summary>
    public CallerIdentity? Identity { get; }

    /// <summary>The same as claims; shared among requests, so nobody may add to it.</summary>
    public ClaimsPrincipal? Principal { get; }

    /// <summary>Why the proof does not hold.</summary>
    public UnauthenticatedException? Refusal { get; }

    /// <summary>Whether the proof holds.</summary>
    [MemberNotNullWhen(true, nameof(Identity), nameof(Principal))]
    public bool IsProven => Identity is not null;

    /// <summary>The proof holds.</summary>
    public static CredentialResult Proven(CallerIdentity identity, ClaimsPrincipal principal) => new(identity, principal, refusal: null);

    /// <summary>The proof does not hold.</summary>
    public static CredentialResult Refused(UnauthenticatedException refusal) => new(identity: null, principal: null, refusal);
}

/// <summary>Registers the credentials in the order in which they are asked; the first that finds a proof of its kind decides.</summary>
internal sealed class Credentials : IModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<ICredential, ApiKeyCredential>();
        services.AddSingleton<ICredential, BearerCredential>();
        services.AddSingleton<ICredential>(provider => provider.GetRequiredService<SessionCookieCredential>());
    }
}
