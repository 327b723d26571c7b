using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Imports;

/// <summary>What use cases refuse rows for.</summary>
internal static class Refusals
{
    /// <summary>Whether a refusal is about the row that was sent, so that other rows may go through.</summary>
    public static bool IsOfRow(CrmException refusal) =>
        refusal is InvalidException or ConflictException or NotFoundException or StaleVersionException or ForbiddenException { Code: RecordErrors.OutOfScopeCode };

    /// <summary>Takes a refusal apart.</summary>
    public static IReadOnlyList<JobFault> Of(CrmException refusal, Func<string?, string, string, JobFault> fault) => refusal switch
    {
        InvalidException invalid => [.. invalid.Errors.Select(e => fault(MemberOf(e.Pointer), e.Code, e.Message))],
        ConflictException conflict => [fault(conflict.Details.GetValueOrDefault("member") as string, conflict.Code, conflict.Message)],
        _ => [fault(null, refusal.Code, refusal.Message)],
    };

    // The first token of the pointer names the record's member; what is within it makes no difference in a cell.
    private static string? MemberOf(string? pointer) => pointer?.Split('/') is [_, { Length: > 0 } member, ..] ? member : null;
}
