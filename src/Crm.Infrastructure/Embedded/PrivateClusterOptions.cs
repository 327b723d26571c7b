namespace Crm.Infrastructure.Embedded;

/// <summary>What a private cluster is to be.</summary>
/// <param name="Home">The folder it lives in, with its secrets; made when it is not there.</param>
public sealed record PrivateClusterOptions(string Home)
{
    /// <summary>Where PostgreSQL's programs are looked for; <c>null</c> for the places of this machine.</summary>
    public BinaryPlaces? Places { get; init; }

    /// <summary>Whether what is committed survives a power failure. <c>false</c> for tests alone, whose data is thrown away.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>How many connections the server takes, 10–1000.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>How long starting, and stopping, may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);
}
