using System.Text;

namespace Crm.Application.Imports;

/// <summary>A text with cells in it, such as <c>{opportunity_id} {product}</c>; a brace itself is doubled.</summary>
internal sealed class CellTemplate
{
    private readonly List<(string Text, bool IsColumn)> _parts;

    private CellTemplate(List<(string Text, bool IsColumn)> parts) => _parts = parts;

    /// <summary>The columns in it, in order.</summary>
    public IEnumerable<string> Columns => _parts.Where(p => p.IsColumn).Select(p => p.Text);

    /// <summary>Takes a template apart.</summary>
    public static CellTemplate? Parse(string text)
    {
        var parts = new List<(string, bool)>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('{' or '}'))
            {
                literal.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == text[i])
            {
                literal.Append(text[i++]);
            }
            else
            {
                var end = text.IndexOf('}', i);
                if (text[i] == '}' || end < 0 || text[(i + 1)..end].Trim() is not { Length: > 0 } column)
                    return null;
                parts.Add((literal.ToString(), false));
                literal.Clear();
                parts.Add((column, true));
                i = end;
            }
        }

        if (parts.Count == 0)
            return null;
        parts.Add((literal.ToString(), false));
        return new CellTemplate(parts);
    }

    /// <summary>How many characters it has beside its cells.</summary>
    public int FixedLength => _parts.Where(p => !p.IsColumn).Sum(p => p.Text.Length);

    /// <summary>
    /// Fills in a row's cells, and stops as soon as the text is certain to be longer than allowed: a template that names one long cell many
    /// times costs no more than the longest text that is taken.
    /// </summary>
    /// <returns>The text; when it is longer than <paramref name="longest"/>, only that is certain of it.</returns>
    public string Fill(Func<string, string> cell, int longest)
    {
        // Spaces at either end do not count. Those of cells are gone already, so that there are at most as many as the template has.
        var most = longest + 1 + FixedLength;
        var text = new StringBuilder();
        var any = false;
        foreach (var (part, isColumn) in _parts)
        {
            if (text.Length >= most)
                break;
            var value = isColumn ? cell(part) : part;
            any |= isColumn && value.Length > 0;
            text.Append(value, 0, Math.Min(value.Length, most - text.Length));
        }

        return any ? text.ToString().Trim() : "";
    }
}
