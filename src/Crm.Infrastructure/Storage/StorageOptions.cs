using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Infrastructure.Storage;

/// <summary>Where files are kept; section <c>Storage</c> of the configuration.</summary>
[Section(StorageOptions.Section)]
public sealed class StorageOptions : IModule
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Storage";

    /// <summary>The folder, the same for every node; <c>files</c> in <c>CRM_HOME</c> when left out. Made when it is not there.</summary>
    public string? Folder { get; set; }

    /// <inheritdoc />
    public static void Register(IServiceCollection services) => services.AddOptions<StorageOptions>().PostConfigure<IConfiguration>(
        (options, configuration) => options.Folder ??= Path.Combine(CrmHome.Of(configuration), "files"));
}
