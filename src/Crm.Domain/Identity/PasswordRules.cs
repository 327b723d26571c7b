using System.Text;

namespace Crm.Domain.Identity;

/// <summary>The rules of a good password.</summary>
public static class PasswordRules
{
    // Shorter ones, such as "Al" or "Jo", would be found by chance in one good password out of a hundred.
    private const int ShortestWord = 3;

    /// <summary>Finds everything that is wrong with a password.</summary>
    public static IReadOnlyList<PasswordFault> Check(string password, PasswordPolicy policy, PasswordOwner owner)
    {
        var faults = new List<PasswordFault>();
        var length = password.EnumerateRunes().Count();
        var least = Math.Max(policy.MinLength, owner.MinLength ?? 0);
        if (length < least)
            faults.Add(new("password_too_short", $"A password has at least {least} characters."));
        if (length > policy.MaxLength)
            faults.Add(new("password_too_long", $"A password has at most {policy.MaxLength} characters."));
        if (policy.RequireMixture || owner.RequireMixture)
            faults.AddRange(FaultsOfMixture(password));
        if (CommonPasswords.Contains(password))
            faults.Add(new("password_common", "A password is not one of those that are tried first."));
        if (Contains(password, owner.Name))
            faults.Add(new("password_contains_name", "A password does not contain the name of the one it is for."));
        if (Contains(password, LocalPart(owner)))
            faults.Add(new("password_contains_email", "A password does not contain the e-mail address of the one it is for."));
        if (owner.Tenants.Any(tenant => Contains(password, tenant)))
            faults.Add(new("password_contains_tenant", "A password does not contain the name of the tenant it opens."));
        return faults;
    }

    /// <summary>The words a stranger would try because they belong to a person.</summary>
    internal static IEnumerable<string> WordsOf(PasswordOwner owner) =>
        owner.Tenants.Append(owner.Name).Append(LocalPart(owner)).SelectMany(WordsOf).Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(w => w.Length);

    private static string LocalPart(PasswordOwner owner) => owner.Email.Split('@')[0];

    private static bool Contains(string password, string text) =>
        WordsOf(text).Any(word => password.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<PasswordFault> FaultsOfMixture(string password)
    {
        var runes = password.EnumerateRunes();
        if (!runes.Any(Rune.IsUpper))
            yield return new("password_needs_upper", "A password contains an upper-case letter.");
        if (!runes.Any(Rune.IsLower))
            yield return new("password_needs_lower", "A password contains a lower-case letter.");
        if (!runes.Any(Rune.IsDigit))
            yield return new("password_needs_digit", "A password contains a digit.");
        if (runes.All(Rune.IsLetterOrDigit))
            yield return new("password_needs_special", "A password contains a character that is neither letter nor digit.");
    }

    private static IEnumerable<string> WordsOf(string text) =>
        text.Split([' ', '.', '-', '_', '+', '\''], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Append(text)
            .Where(word => word.Length >= ShortestWord);
}

/// <summary>One thing that is wrong with a password.</summary>
/// <param name="Code">A stable snake_case code.</param>
/// <param name="Message">One sentence that says what would be right.</param>
public sealed record PasswordFault(string Code, string Message);
