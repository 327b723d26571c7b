namespace Crm.Domain.ChangeLog;

/// <summary>What can happen to a record.</summary>
public static class ChangeActions
{
    /// <summary>It was made.</summary>
    public const string Created = "created";

    /// <summary>Some of its fields became different.</summary>
    public const string Updated = "updated";

    /// <summary>It was put in the trash.</summary>
    public const string Deleted = "deleted";

    /// <summary>It was taken out of the trash.</summary>
    public const string Restored = "restored";

    /// <summary>It was removed for good.</summary>
    public const string Purged = "purged";
}
