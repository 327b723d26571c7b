using System.ComponentModel.DataAnnotations;

namespace Crm.Infrastructure.Jobs;

/// <summary>How jobs are carried out; section <c>Jobs</c> of the configuration.</summary>
[Section("Jobs")]
public sealed class JobOptions
{
    /// <summary>How many jobs this process carries out at once, 0–64; with 0 it leaves them to others.</summary>
    [Range(0, 64)]
    public int Concurrency { get; set; } = 2;

    /// <summary>How often a worker looks at the queue without being woken, 100 ms – 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a worker's lease on a job lasts, 1 s – 10 min: the jobs of a killed process wait as long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a job is started at most before it is given up, 1–100. Regular stops do not count.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// How many workers a job may take down before it is given up, 1–100. A worker counts as taken down when its lease runs out.
    /// </summary>
    [Range(1, 100)]
    public int MaxDeaths { get; set; } = 2;

    /// <summary>How long an entry of the queue waits for its job to be written, 1 s – 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan OrphanAfter { get; set; } = TimeSpan.FromMinutes(5);
}
