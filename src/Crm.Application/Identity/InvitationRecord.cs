using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>Invitations as the API lists them; who may see and manage users may see and manage invitations.</summary>
public sealed class InvitationRecord : RecordType<Invitation>
{
    /// <summary>Declares the fields.</summary>
    public InvitationRecord()
        : base("invitation", "invitations", permissions: "users", writersDelete: true)
    {
        Text(i => i.Email).FoldedInto("EmailLower").Described("The e-mail address of the person.");
        Text(i => i.Name).Described("The name the person begins with.");
        Declare(i => i.RoleId, FieldKind.Id).Described("The role the person is to have.");
        Declare(i => i.ExpiresAt, FieldKind.Timestamp).Described("When it can no longer be accepted.");
        Declare(i => i.AcceptedAt, FieldKind.Timestamp).Described("When the person accepted it; null until then.");
    }
}
