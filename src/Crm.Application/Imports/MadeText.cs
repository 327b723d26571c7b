namespace Crm.Application.Imports;

/// <summary>
/// Bounds the text that a mapping makes beyond what the file holds: by constant values, templates, replacements and columns that are read
/// several times. Without it a file of a few bytes a row could store thousands of bytes for each.
/// </summary>
internal sealed class MadeText(ImportPlan plan, long fileLength)
{
    private const long ForAnyFile = 10_000_000;
    private const int ForEachByte = 10;

    private long _made;

    /// <summary>The most characters that an import of the file may make.</summary>
    public long Most => ForAnyFile + (ForEachByte * fileLength);

    /// <summary>Counts what a row makes.</summary>
    /// <exception cref="Domain.Common.ConflictException">It is more than the file may make.</exception>
    public void Add(ImportRow row)
    {
        _made += Math.Max(0, plan.Columns.Sum(c => (long)c.LengthOf(row)) - row.Length);
        if (_made > Most)
            throw ImportErrors.TooMuchText(row.Number, Most);
    }
}
