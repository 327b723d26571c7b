namespace Crm.Application.Records;

/// <summary>
/// How much of anything one request about records may hold: said once for those who read requests and for those who document them.
/// </summary>
public static class RecordLimits
{
    /// <summary>How many records a page holds when the request does not say.</summary>
    public const int Page = 50;

    /// <summary>The most records in a page.</summary>
    public const int LargestPage = 200;

    /// <summary>The most items in a list that is a field's value: tags, e-mail addresses, phone numbers, postal addresses.</summary>
    public const int Items = 50;

    /// <summary>The longest label of such an item, in characters.</summary>
    public const int Label = 50;

    /// <summary>The most fields in an order.</summary>
    public const int SortKeys = 5;

    /// <summary>The most relations that are expanded.</summary>
    public const int Expanded = 10;

    /// <summary>The longest cursor, in characters.</summary>
    public const int Cursor = 4000;

    /// <summary>The most conditions in a filter, and the most filters in one <c>and</c> or <c>or</c>.</summary>
    public const int FilterConditions = 100;

    /// <summary>How deep filters may stand within one another.</summary>
    public const int FilterDepth = 10;

    /// <summary>The most values that one condition compares with.</summary>
    public const int FilterValues = 500;

    /// <summary>The longest text that a condition compares with, in characters.</summary>
    public const int FilterText = 1000;
}
