namespace Crm.Application.Storage;

/// <summary>
/// The present tenant's files. A name is a relative path of lower-case segments, such as <c>imports/{id}.csv</c>; no tenant reaches
/// another's.
/// </summary>
public interface ITenantFiles
{
    /// <summary>
    /// Writes a file as it arrives, replacing one of the same name. What was written is removed again when writing fails.
    /// </summary>
    Task WriteAsync(string name, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a file.</summary>
    Stream? OpenRead(string name);

    /// <summary>Removes a file; does nothing when there is none.</summary>
    void Delete(string name);

    /// <summary>Removes all files of the tenant; does nothing when there are none.</summary>
    void DeleteAll();

    /// <summary>Adds up the sizes of the tenant's files.</summary>
    long Measure();
}
