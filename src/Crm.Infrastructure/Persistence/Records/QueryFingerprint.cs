using System.Globalization;
using System.Text;
using Crm.Application.Records;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// What a cursor is bound to: type, filter and order; not the limit, not what is selected, and not whose records the caller may read, which
/// is asked again for every page.
/// </summary>
internal static class QueryFingerprint
{
    /// <summary>A text that is equal for queries that ask the same.</summary>
    public static string Of(RecordQuery query)
    {
        var text = new StringBuilder(query.Type.Name);
        Append(text, query.Filter);
        foreach (var key in query.Sort)
            text.Append(key.Descending ? " -" : " +").Append(key.Path.Text);
        return text.ToString();
    }

    private static void Append(StringBuilder text, FilterNode? node)
    {
        switch (node)
        {
            case AllOf all:
                AppendParts(text, '&', all.Parts);
                break;
            case AnyOf any:
                AppendParts(text, '|', any.Parts);
                break;
            case Not not:
                AppendParts(text, '!', [not.Part]);
                break;
            case Condition condition:
                text.Append(CultureInfo.InvariantCulture, $" {condition.Path.Text} {condition.Operator}");
                foreach (var value in condition.Values)
                {
                    // Each value carries its length, so that no two lists of values run together to the same text.
                    var part = TextOf(value);
                    text.Append(CultureInfo.InvariantCulture, $" {part.Length}:{part}");
                }

                break;
        }
    }

    // A text of an instant would leave out what is smaller than a second.
    private static string TextOf(object value) => value is DateTimeOffset instant
        ? instant.Ticks.ToString(CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static void AppendParts(StringBuilder text, char sign, IEnumerable<FilterNode> parts)
    {
        text.Append(' ').Append(sign).Append('(');
        foreach (var part in parts)
            Append(text, part);
        text.Append(')');
    }
}
