namespace Crm.Api.Http;

/// <summary>Where a list goes on.</summary>
/// <param name="NextCursor">Where the next page begins; null when this is the last.</param>
/// <param name="HasMore">Whether there is a next page.</param>
internal sealed record PageInfo(string? NextCursor, bool HasMore);
