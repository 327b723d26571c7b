using System.ComponentModel.DataAnnotations;

namespace Crm.Application.Imports;

/// <summary>How files are imported; section <c>Imports</c> of the configuration.</summary>
[Section("Imports")]
public sealed class ImportOptions
{
    /// <summary>The largest file in bytes, 1 KiB – 10 GiB; 100 MB by default.</summary>
    [Range(1024L, 10L * 1024 * 1024 * 1024)]
    public long MaxFileSize { get; set; } = 100_000_000;

    /// <summary>
    /// How many rows are written in one transaction, 1–1,000: what is lost at most when a worker is killed, and done again.
    /// </summary>
    [Range(1, 1000)]
    public int ChunkSize { get; set; } = 200;
}
