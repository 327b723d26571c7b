using Crm.Domain.ApiKeys;
using Crm.Domain.Common;

namespace Crm.Application.ApiKeys;

/// <summary>What creating and changing a key both demand.</summary>
internal static class ApiKeyRules
{
    // A list may hold null where a text is expected.
    public static IEnumerable<FieldError> FaultsOf(IReadOnlyList<string?> allowedIps) => allowedIps
        .Select((text, index) => (Text: text, At: FormattableString.Invariant($"/allowedIps/{index}")))
        .Where(range => range.Text is null || !AddressRanges.TryParse(range.Text, out _))
        .Select(range => FieldError.At(range.At, "invalid_ip_range", "Expected an IP address, or a range such as 192.0.2.0/24 or 2001:db8::/32 without bits behind its prefix."));

    public static IEnumerable<FieldError> FaultsOf(DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (expiresAt <= now)
            yield return FieldError.At("/expiresAt", "not_in_future", "A key expires in the future, or never; revoke it to end it now.");
    }
}
