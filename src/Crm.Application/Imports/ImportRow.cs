namespace Crm.Application.Imports;

/// <summary>One row of a file.</summary>
/// <param name="Index">Its place among the rows below the header, from 1; blank lines do not count.</param>
/// <param name="Cells">The cells of the header's columns, cleaned; a short row has fewer.</param>
/// <param name="Malformed">What is wrong with its quotes; <c>null</c> when nothing is.</param>
/// <param name="IsTooWide">Whether there is something beyond the header's columns.</param>
/// <param name="Columns">The place of each column.</param>
internal sealed record ImportRow(long Index, string[] Cells, string? Malformed, bool IsTooWide, IReadOnlyDictionary<string, int> Columns)
{
    /// <summary>Counted as a spreadsheet does: the header is row 1.</summary>
    public int Number => checked((int)(Index + 1));

    /// <summary>How much memory it takes, in characters; an empty cell counts as one.</summary>
    public int Length => Cells.Sum(c => c.Length + 1);

    /// <summary>A cell; empty where the row is too short to have it.</summary>
    public string this[string column] => Columns[column] is var place && place < Cells.Length ? Cells[place] : "";

    /// <summary>A cell without the spaces around it and without the mark that keeps spreadsheets from taking it for a formula.</summary>
    public static string Clean(string cell) => (cell is ['\'', '=' or '+' or '-' or '@' or '\t' or '\r', ..] ? cell[1..] : cell).Trim();
}
