using Crm.Domain.Common;
using Crm.Domain.Jobs;

namespace Crm.Application.Imports;

/// <summary>One going-through of a file: what is done with each row.</summary>
internal interface IRowPass
{
    /// <summary>Whether anything is to be done with a row.</summary>
    bool Concerns(ImportRow row);

    /// <summary>Finds out what must be known of rows before they are done.</summary>
    Task PrepareAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken);

    /// <summary>Does it, within the running transaction.</summary>
    /// <exception cref="CrmException">A use case refused the row; the transaction is to be undone.</exception>
    Task<RowOutcome> ApplyAsync(ImportRow row, CancellationToken cancellationToken);

    /// <summary>Tells what comes of a row that a use case refused.</summary>
    RowOutcome Refuse(ImportRow row, CrmException refusal);

    /// <summary>Takes note of a row that an earlier run of the job has done.</summary>
    Task SkipAsync(ImportRow row, CancellationToken cancellationToken);

    /// <summary>The progress of the job when the rows up to one are done.</summary>
    (long Done, string? Checkpoint) ProgressAt(long index, long total);
}

/// <summary>What came of a row.</summary>
/// <param name="Counts">What it adds to the result.</param>
/// <param name="Faults">What was found wrong.</param>
internal sealed record RowOutcome(ImportCounts Counts, IReadOnlyList<JobFault> Faults)
{
    /// <summary>Nothing came of it, and nothing is wrong.</summary>
    public static RowOutcome None { get; } = new(new ImportCounts(), []);
}
