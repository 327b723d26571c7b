using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Authorization;

/// <summary>
/// Tells why a user of the tenant may or may not do something: by the user's access as the system itself reads it, and by the rules it
/// decides
/// with. A record or field that the caller may not read is answered as one that does not exist.
/// </summary>
/// <param name="UserId">The user.</param>
/// <param name="Permission">The permission, such as <c>deals:write</c>.</param>
/// <param name="RecordType">The type of the record, such as <c>deal</c>; needed with a record or a field.</param>
/// <param name="RecordId">The record, which must be live; <c>null</c> to ask about the permission in general.</param>
/// <param name="Field">A field of the record type; <c>null</c> to ask about the record as a whole.</param>
[Requires("users:read")]
public sealed record ExplainAccess(Guid UserId, string Permission, string? RecordType, Guid? RecordId, string? Field) : IQuery<AccessExplanation>;

/// <summary>Whether someone may do something, and why.</summary>
/// <param name="Allowed">Whether it is allowed.</param>
/// <param name="DecidedBy">The code of the rule that decides: the first that does not hold, else the last one looked at.</param>
/// <param name="Role">The name of the user's role; <c>null</c> without an active membership.</param>
/// <param name="Rules">The rules in the order in which they are looked at; none behind one that does not hold.</param>
public sealed record AccessExplanation(bool Allowed, string DecidedBy, string? Role, IReadOnlyList<ExaminedRule> Rules);

/// <summary>One rule and what came of it.</summary>
/// <param name="Rule">A stable code, of <see cref="AccessRuleCodes"/>.</param>
/// <param name="Holds">Whether it allows what was asked about.</param>
/// <param name="Reason">One sentence.</param>
public sealed record ExaminedRule(string Rule, bool Holds, string Reason);

internal sealed class ExplainAccessHandler(IRecordStore records, RecordModel types, IAccessReader access, ICaller caller, IMultiTenantContextAccessor tenancy)
    : IRequestHandler<ExplainAccess, AccessExplanation>
{
    public async Task<AccessExplanation> Handle(ExplainAccess request, CancellationToken cancellationToken)
    {
        AccessRules.Demand(caller, "roles:read");
        var type = Check(request);
        var user = types.Of(typeof(Member));
        _ = await records.FindAsync(request.UserId, RecordSelection.Whole(user), cancellationToken) ?? throw RecordErrors.NotFound(user);
        var record = request.RecordId is { } id ? await records.FindAsync(id, RecordSelection.Whole(type!), cancellationToken) ?? throw RecordErrors.NotFound(type!) : null;

        var tenant = tenancy.MultiTenantContext.TenantInfo!;
        var member = await access.ReadAsync(tenant.TenantId, request.UserId, cancellationToken);
        var examined = new List<ExaminedRule>();
        foreach (var rule in AccessRules.Examine(member, request.Permission, type, record, request.Field))
        {
            examined.Add(rule);
            if (!rule.Holds)
                break;
        }

        return new AccessExplanation(examined[^1].Holds, examined[^1].Rule, member?.Role, examined);
    }

    private RecordType? Check(ExplainAccess request)
    {
        List<FieldError> errors = [];
        if (!Permissions.All.Contains(request.Permission))
            errors.Add(FieldError.In("permission", "unknown_permission", "There is no such permission."));
        var type = request.RecordType is null ? null : types.Find(request.RecordType);
        if (request.RecordType is not null && (type is null || !PermissionsOf(type).Contains(request.Permission)))
            errors.Add(FieldError.In("recordType", "invalid_choice", "Expected a record type that the permission is about."));
        if (request.RecordType is null && (request.RecordId is not null || request.Field is not null))
            errors.Add(FieldError.In("recordType", "required", "A record or a field is asked about together with its record type."));
        if (request.Field is not null && type is not null && RecordView.Of(caller).Field(type, request.Field) is null)
            errors.Add(FieldError.In("field", "unknown_field", "There is no such field."));
        if (errors.Count > 0)
            throw new InvalidException(errors);
        if (type is not null)
            AccessRules.Demand(caller, type.ReadPermission);
        return type;
    }

    private static string[] PermissionsOf(RecordType type) => [type.ReadPermission, type.WritePermission, type.DeletePermission, type.PurgePermission];
}
