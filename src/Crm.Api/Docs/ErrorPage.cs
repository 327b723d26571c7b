using System.Globalization;
using System.Net;
using System.Text;

namespace Crm.Api.Docs;

/// <summary>Makes the page of all codes. Each has its own anchor, to which the <c>type</c> of a problem leads.</summary>
internal static class ErrorPage
{
    private const string Place = "<!-- codes -->";

    /// <summary>Makes the page.</summary>
    public static string Render(IReadOnlyList<ErrorGroup> groups, string template)
    {
        var html = new StringBuilder();
        foreach (var group in groups)
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(group.Title)}</h2>\n<p>{Text(group.Text)}</p>\n");
            html.Append("<div class=\"wide\"><table>\n<thead><tr><th>Code</th><th>Meaning</th><th>What to do</th></tr></thead>\n<tbody>\n");
            foreach (var (code, meaning, remedy) in group.Codes)
                html.Append(CultureInfo.InvariantCulture, $"<tr id=\"{Text(code)}\"><td><a href=\"#{Text(code)}\"><code>{Text(code)}</code></a></td><td>{Text(meaning)}</td><td>{Text(remedy)}</td></tr>\n");
            html.Append("</tbody>\n</table></div>\n");
        }

        return template.Replace(Place, html.ToString(), StringComparison.Ordinal);
    }

    // What stands between backticks is code.
    private static string Text(string markdown) =>
        string.Concat(markdown.Split('`').Select((part, i) => i % 2 == 0 ? WebUtility.HtmlEncode(part) : $"<code>{WebUtility.HtmlEncode(part)}</code>"));
}
