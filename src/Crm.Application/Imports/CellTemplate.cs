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

    /// <summary>Fills in a row's cells.</summary>
    public string Fill(Func<string, string> cell)
    {
        var text = new StringBuilder();
        var any = false;
        foreach (var (part, isColumn) in _parts)
        {
            var value = isColumn ? cell(part) : part;
            any |= isColumn && value.Length > 0;
            text.Append(value);
        }

        return any ? text.ToString().Trim() : "";
    }
}
