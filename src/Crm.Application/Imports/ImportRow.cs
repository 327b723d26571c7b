namespace Crm.Application.Imports;

/// <summary>One row of a file.</summary>
/// <param name="Index">Its place among the rows below the header, from 1; blank lines do not count.</param>
/// <param name="Cells">The cells as they stand in the file.</param>
/// <param name="Malformed">What is wrong with its quotes; <c>null</c> when nothing is.</param>
/// <param name="Columns">The place of each column.</param>
/// <param name="Width">How many columns the header has.</param>
internal sealed record ImportRow(long Index, string[] Cells, string? Malformed, IReadOnlyDictionary<string, int> Columns, int Width)
{
    /// <summary>Counted as a spreadsheet does: the header is row 1.</summary>
    public int Number => checked((int)(Index + 1));

    /// <summary>How many characters it has.</summary>
    public int Length => Cells.Sum(c => c.Length);

    /// <summary>Whether there is something beyond the header's columns.</summary>
    public bool IsTooWide => Cells.Skip(Width).Any(c => !string.IsNullOrWhiteSpace(c));

    /// <summary>A cell, without the spaces around it and without the mark that keeps spreadsheets from taking it for a formula.</summary>
    public string this[string column]
    {
        get
        {
            var cell = Columns[column] is var place && place < Cells.Length ? Cells[place] : "";
            if (cell is ['\'', '=' or '+' or '-' or '@' or '\t' or '\r', ..])
                cell = cell[1..];
            return cell.Trim();
        }
    }
}
