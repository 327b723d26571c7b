namespace Crm.Application.Storage;

/// <summary>The present tenant's files. A name is a relative path of lower-case segments, such as <c>imports/{id}.csv</c>; no tenant reaches another's.</summary>
public interface ITenantFiles
{
    /// <summary>Writes a file as it arrives, replacing one of the same name. What was written is removed again when writing fails.</summary>
    /// <param name="name">The file.</param>
    /// <param name="content">Its content, read to the end.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>A task that ends when the file is lasting.</returns>
    Task WriteAsync(string name, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a file.</summary>
    /// <param name="name">The file.</param>
    /// <returns>Its content, seekable; to be disposed. <c>null</c> when there is no such file.</returns>
    Stream? OpenRead(string name);

    /// <summary>Removes a file; does nothing when there is none.</summary>
    /// <param name="name">The file.</param>
    void Delete(string name);

    /// <summary>Removes all files of the tenant; does nothing when there are none.</summary>
    void DeleteAll();

    /// <summary>Adds up the sizes of the tenant's files.</summary>
    /// <returns>Bytes.</returns>
    long Measure();
}
