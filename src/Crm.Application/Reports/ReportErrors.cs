using System.Globalization;
using Crm.Domain.Common;

namespace Crm.Application.Reports;

/// <summary>What can be wrong with a request for figures.</summary>
public static class ReportErrors
{
    /// <summary>The grouping is too fine for one answer.</summary>
    public static InvalidException TooManyGroups(int max) => new([FieldError.At("/groupBy", "too_many_groups", string.Create(
        CultureInfo.InvariantCulture, $"More than {max} groups; use a coarser key or a narrower filter."))]);
}
