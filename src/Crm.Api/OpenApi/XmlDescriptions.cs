using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Crm.Api.OpenApi;

/// <summary>
/// The sentences that stand above types and members in the code, for the documentation of the API. Without the files that hold them there
/// are none.
/// </summary>
internal sealed partial class XmlDescriptions
{
    private readonly Dictionary<string, XElement> _members = new(StringComparer.Ordinal);

    /// <summary>Reads what the compiler has written beside the assemblies.</summary>
    public XmlDescriptions(params IEnumerable<Assembly> assemblies)
    {
        foreach (var file in assemblies.Select(a => Path.ChangeExtension(a.Location, ".xml")).Where(File.Exists))
        {
            foreach (var member in XDocument.Load(file).Descendants("member"))
                _members[member.Attribute("name")!.Value] = member;
        }
    }

    /// <summary>What a type is.</summary>
    public string Of(Type type) => Text(Member("T:", type)?.Element("summary"));

    /// <summary>What a member of a record is: the sentence of the positional parameter, or of the property.</summary>
    public string Of(Type type, string property)
    {
        var parameter = Member("T:", type)?.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == property);
        return Text(parameter ?? _members.GetValueOrDefault($"P:{Name(type)}.{property}")?.Element("summary"));
    }

    private XElement? Member(string prefix, Type type) => _members.GetValueOrDefault(prefix + Name(type));

    private static string Name(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    private static string Text(XElement? element) => element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" } see => Short((string?)see.Attribute("cref") ?? (string?)see.Attribute("langword") ?? ""),
        XElement { Name.LocalName: "paramref" or "typeparamref" } reference => JsonName((string?)reference.Attribute("name") ?? ""),
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    private static string Short(string reference) => reference[(reference.LastIndexOfAny(['.', ':']) + 1)..];

    private static string JsonName(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
