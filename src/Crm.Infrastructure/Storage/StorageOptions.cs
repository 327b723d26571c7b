namespace Crm.Infrastructure.Storage;

/// <summary>Where files are kept; section <c>Storage</c> of the configuration.</summary>
public sealed class StorageOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Storage";

    /// <summary>The folder, the same for every node; <c>files</c> in <c>CRM_HOME</c> when left out. Made when it is not there.</summary>
    public string? Folder { get; set; }
}
