namespace Crm.Application.Records;

/// <summary>The comparisons of the filter language.</summary>
public enum FilterOperator
{
    /// <summary>Equal; text compares with regard to case.</summary>
    Eq,

    /// <summary>Not equal; a missing value is not equal to any.</summary>
    Ne,

    /// <summary>Equal to one of several.</summary>
    In,

    /// <summary>Equal to none of several; a missing value is.</summary>
    Nin,

    /// <summary>Less than.</summary>
    Lt,

    /// <summary>Less than or equal.</summary>
    Lte,

    /// <summary>Greater than.</summary>
    Gt,

    /// <summary>Greater than or equal.</summary>
    Gte,

    /// <summary>Between two values, both included.</summary>
    Between,

    /// <summary>The text contains another, without regard to case.</summary>
    Contains,

    /// <summary>The text begins with another, without regard to case.</summary>
    StartsWith,

    /// <summary>Whether there is no value.</summary>
    IsNull,

    /// <summary>The list holds at least one of the values.</summary>
    Any,

    /// <summary>The list holds all of the values.</summary>
    All,
}
