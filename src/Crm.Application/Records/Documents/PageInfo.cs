namespace Crm.Application.Records;

/// <summary>Where a list goes on.</summary>
/// <param name="NextCursor">Where the next page begins; null when this is the last.</param>
/// <param name="HasMore">Whether there is a next page.</param>
public sealed record PageInfo(string? NextCursor, bool HasMore)
{
    /// <summary>Tells of a page where it goes on.</summary>
    public static PageInfo Of(string? nextCursor) => new(nextCursor, nextCursor is not null);
}
