using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Identity;

/// <summary>What a member of the tenant is to the API: a user. Read-only here; administration changes it.</summary>
public sealed class UserRecord : RecordType<Member>
{
    /// <summary>Declares the fields.</summary>
    public UserRecord()
        : base("user", "users")
    {
        Text(m => m.Name).FoldedInto("NameLower").Identifying().Described("The name others see.");
        Text(m => m.Email).FoldedInto("EmailLower").Identifying().Described("The e-mail address.");
        Declare(m => m.RoleId, FieldKind.Id).Described("The role that decides what the user may do.");
        Declare(m => m.Active, FieldKind.Boolean).Described("Whether the user may use the tenant.");
    }
}
