namespace Crm.Domain.Jobs;

/// <summary>What a fault means for its item.</summary>
public static class FaultSeverities
{
    /// <summary>Nothing came of the item.</summary>
    public const string Error = "error";

    /// <summary>The item was taken, but not quite as it stood.</summary>
    public const string Warning = "warning";
}
