namespace Crm.Domain.Identity;

/// <summary>Whose a password is to be: what a stranger would try first.</summary>
/// <param name="UserId">The user; <c>null</c> for one who is not yet.</param>
/// <param name="Name">The name others see.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Tenants">The identifiers of the tenants the person works in.</param>
public sealed record PasswordOwner(Guid? UserId, string Name, string Email, IReadOnlyList<string> Tenants);
