namespace Crm.Domain.Jobs;

/// <summary>What a job found wrong with one item, or did to it unasked.</summary>
/// <param name="Row">The row of the file, counted as a spreadsheet does: the header is row 1.</param>
/// <param name="Severity">One of <see cref="FaultSeverities"/>.</param>
/// <param name="Column">The column of the file; the field where no single column is at fault; <c>null</c> for the row as a whole.</param>
/// <param name="Code">A stable snake_case code.</param>
/// <param name="Message">One sentence that says what would be right, or what was done.</param>
/// <param name="Value">The cell as it stands in the file, at most 200 characters of it; <c>null</c> when there is none.</param>
public sealed record JobFault(int Row, string Severity, string? Column, string Code, string Message, string? Value);
