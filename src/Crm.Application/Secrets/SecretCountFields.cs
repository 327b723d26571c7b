using System.Globalization;

namespace Crm.Application.Secrets;

/// <summary>Counts as the host's log tells them.</summary>
internal static class SecretCountFields
{
    public static Dictionary<string, string> ToFields(this SecretCounts counts) => new()
    {
        ["done"] = counts.Done.ToString(CultureInfo.InvariantCulture),
        ["unreadable"] = counts.Unreadable.Count.ToString(CultureInfo.InvariantCulture),
    };
}
