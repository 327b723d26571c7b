using Crm.Application.Administration;
using Crm.Application.Authorization;
using Crm.Application.Imports;
using Crm.Application.Records;

namespace Crm.Application.Jobs;

/// <summary>Which jobs there are for a caller besides its own imports.</summary>
/// <param name="RecordModel">The names of the record types of which it sees everybody's imports.</param>
/// <param name="JobTypes">The types of jobs it sees, whoever began them.</param>
public sealed record JobAccess(IReadOnlyList<string> RecordModel, IReadOnlyList<string> JobTypes)
{
    /// <summary>The type of the jobs that belong to their maker and are about records of one type.</summary>
    public const string Import = ImportRunner.JobType;

    /// <summary>
    /// What the caller may look at: imports of what it may read without restriction, and reassignments with <c>users:read</c>.
    /// </summary>
    public static JobAccess ToRead(ICaller caller, RecordModel types) => Of(caller, types, type => type.ReadPermission, "users:read");

    /// <summary>
    /// What the caller may cancel: imports of what it may write without restriction, and reassignments with <c>users:write</c>.
    /// </summary>
    public static JobAccess ToCancel(ICaller caller, RecordModel types) => Of(caller, types, type => type.WritePermission, "users:write");

    // A job tells of records and fields of all owners, so that whom anything restricts sees none but its own.
    private static JobAccess Of(ICaller caller, RecordModel types, Func<RecordType, string> permission, string reassignments) => new(
        RecordView.Of(caller).IsFull ? [.. types.All.Where(type => caller.Permissions.Contains(permission(type))).Select(type => type.Name)] : [],
        caller.Permissions.Contains(reassignments) ? [ReassignmentRunner.JobType] : []);
}
