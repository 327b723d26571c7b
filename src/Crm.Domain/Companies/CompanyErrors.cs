using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Domain.Companies;

/// <summary>What can be wrong with a request about companies.</summary>
public static class CompanyErrors
{
    /// <summary>The parent is the company itself or one of its subsidiaries, or the line of parents is too long.</summary>
    /// <param name="maxLevels">How many levels there may be.</param>
    /// <returns>The exception to throw.</returns>
    public static InvalidException NotAHierarchy(int maxLevels) => new([FieldError.At("/parentId", "not_a_hierarchy", string.Create(
        CultureInfo.InvariantCulture, $"A company cannot be its own parent, directly or through others, and has at most {maxLevels} companies above it."))]);
}
