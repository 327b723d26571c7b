namespace Crm.Infrastructure.Persistence;

/// <summary>How the database is reached.</summary>
/// <param name="App">The connection string of <c>crm_app</c>, as which the running system works.</param>
/// <param name="Owner">The connection string of <c>crm_owner</c>, for migrations alone; <c>null</c> where none was given.</param>
public sealed record DatabaseEndpoints(string App, string? Owner)
{
    /// <inheritdoc />
    /// <remarks>Without the connection strings: they hold passwords.</remarks>
    public override string ToString() => nameof(DatabaseEndpoints);
}
