namespace Crm.Application.Records;

/// <summary>A page of what belongs to a record and is none itself, such as what a key was used for.</summary>
/// <typeparam name="T">An entry.</typeparam>
/// <param name="Data">The entries, in the order of the list.</param>
/// <param name="NextCursor">Where the next page begins; <c>null</c> when this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);
