using CsvHelper;

namespace Crm.Application.Imports;

/// <summary>Reads the rows of a CSV file one after the other, in constant memory.</summary>
internal sealed class ImportRows : IDisposable
{
    /// <summary>The longest row in bytes; what is longer is a quote that was never closed.</summary>
    public const int MaxRowLength = 1_000_000;

    /// <summary>The most columns of a file.</summary>
    public const int MaxColumns = 2000;

    private readonly CsvReader _reader;
    private Dictionary<string, int> _columns = [];
    private CsvMalformedReason? _malformed;

    private ImportRows(Stream file, System.Text.Encoding encoding, char? delimiter) => _reader = CsvReader.Create(file, new CsvReaderOptions
    {
        Separator = delimiter,
        Encoding = encoding,
        MaxRecordSize = MaxRowLength,
        OnMalformedRecord = record => _malformed = record.Reason,
    }, leaveOpen: false);

    /// <summary>The length of the file in bytes.</summary>
    public required long FileLength { get; init; }

    /// <summary>The names in the header, as they stand there without the spaces around them; none for an empty file.</summary>
    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>Opens a file and reads its header.</summary>
    public static async Task<ImportRows?> OpenAsync(Stream file, char? delimiter, CancellationToken cancellationToken)
    {
        var length = file.Length;
        var rows = new ImportRows(file, await CsvEncoding.DetectAsync(file, cancellationToken), delimiter) { FileLength = length };
        try
        {
            await rows._reader.ReadHeaderAsync(cancellationToken);
            if (rows._malformed is null && rows._reader.Headers.Count <= MaxColumns)
            {
                rows.Header = [.. rows._reader.Headers.Select(name => name.Trim())];
                rows._columns = rows.Header.Index().GroupBy(c => c.Item).ToDictionary(g => g.Key, g => g.First().Index);
                return rows;
            }
        }
        catch (CsvFormatException)
        {
            // Told by the caller, as any other header that cannot be read.
        }

        rows.Dispose();
        return null;
    }

    /// <summary>Goes to the next row that is not blank.</summary>
    /// <exception cref="Domain.Common.ConflictException">The file cannot be read any further.</exception>
    public async ValueTask<ImportRow?> ReadAsync(CancellationToken cancellationToken)
    {
        _malformed = null;
        try
        {
            if (!await _reader.ReadAsync(cancellationToken))
                return null;
        }
        catch (CsvFormatException)
        {
            throw ImportErrors.Unreadable(_reader.RowNumber + 1);
        }

        // A quote that is never closed has swallowed all rows behind it: not one faulty row, but the end of what can be read.
        return _malformed == CsvMalformedReason.UnterminatedQuote
            ? throw ImportErrors.Unreadable(_reader.RowNumber)
            : new ImportRow(_reader.RowNumber, Cells(), Explain(_malformed), IsTooWide(), _columns);
    }

    // No more than the header has names for, so that a row of separators alone takes no more memory than its text.
    private string[] Cells()
    {
        var cells = new string[Math.Min(_reader.FieldCount, Header.Count)];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = ImportRow.Clean(_reader.GetString(i));
        return cells;
    }

    private bool IsTooWide()
    {
        for (var i = Header.Count; i < _reader.FieldCount; i++)
        {
            if (!_reader.IsEmpty(i) && !string.IsNullOrWhiteSpace(_reader.GetString(i)))
                return true;
        }

        return false;
    }

    public void Dispose() => _reader.Dispose();

    private static string? Explain(CsvMalformedReason? reason) => reason switch
    {
        null => null,
        CsvMalformedReason.TextAfterClosingQuote => "Text follows a closing quote; a quote within quotes is doubled.",
        _ => "A quote stands within an unquoted cell; double it, and quote the cell.",
    };
}
