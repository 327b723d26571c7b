using Crm.Application.Authorization;
using Crm.Application.Records;

namespace Crm.Application.Jobs;

/// <summary>Who may see the jobs of one type, and who may cancel them. A job that a caller may not see does not exist for it.</summary>
public sealed record JobAccess
{
    private readonly string? _read;
    private readonly string? _cancel;
    private readonly string? _recordType;

    private JobAccess(string? read, string? cancel, string? recordType) => (_read, _cancel, _recordType) = (read, cancel, recordType);

    /// <summary>Jobs for everyone who has a permission, no matter who asked for them.</summary>
    public static JobAccess ByPermission(string read, string cancel) => new(read, cancel, recordType: null);

    /// <summary>
    /// Jobs about records of one type, which a member of the payload names: for the one who asked for them, and for those who may read (to
    /// cancel: write) all records of that type with all their fields.
    /// </summary>
    public static JobAccess ByRecordType(string payloadMember) => new(read: null, cancel: null, payloadMember);

    /// <summary>Which jobs of a type there are for a caller who wants to look at them, or to cancel them; none when <c>null</c>.</summary>
    internal VisibleJobs? Of(string jobType, ICaller caller, RecordModel types, bool toCancel)
    {
        if (_recordType is null)
            return caller.Permissions.Contains((toCancel ? _cancel : _read)!) ? new VisibleJobs(jobType, About: null) : null;

        // A job reports records and fields of all owners, so that a caller with any restriction sees its own jobs only.
        var full = RecordView.Of(caller).IsFull
            ? types.All
                .Where(type => caller.Permissions.Contains(toCancel ? type.WritePermission : type.ReadPermission))
                .Select(type => type.Name)
            : [];
        return new VisibleJobs(jobType, new JobSubject(_recordType, [.. full]));
    }
}

/// <summary>The jobs of one type that a caller may see.</summary>
/// <param name="JobType">The type.</param>
/// <param name="About">Which of them, besides its own; <c>null</c> for all of them.</param>
public sealed record VisibleJobs(string JobType, JobSubject? About);

/// <summary>What jobs are about.</summary>
/// <param name="PayloadMember">The member of the payload that says it.</param>
/// <param name="Values">The values that a caller may see.</param>
public sealed record JobSubject(string PayloadMember, string[] Values);
