using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Domain.Common;
using Crm.Infrastructure.Persistence;

namespace Crm.Embedded;

/// <summary>The programs of one installed PostgreSQL.</summary>
/// <param name="Directory">The folder that holds them.</param>
/// <param name="Major">The major version, such as 15.</param>
/// <param name="Version">The whole version as it names itself, such as <c>15.9</c>.</param>
public sealed partial record PostgresBinaries(string Directory, int Major, string Version)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The full path of one of the programs.</summary>
    public string this[string program] => Path.Combine(Directory, program);

    /// <summary>Finds the programs to use: those the operator names, else the first place that has a version new enough.</summary>
    /// <exception cref="CannotRunException">There are none, they are too old, or none is of the version asked
    /// for.</exception>
    public static async Task<PostgresBinaries> FindAsync(BinaryPlaces places, string data, CancellationToken cancellationToken)
    {
        var major = MajorOf(data);
        if (places.Configured is { } configured)
        {
            var named = await ReadAsync(configured, cancellationToken) ?? throw ClusterErrors.NotBinaries(configured);
            if (named.Major < DatabaseChecks.OldestMajor)
                throw ClusterErrors.TooOld(named.Directory, named.Version);
            return major is null || named.Major == major ? named : throw ClusterErrors.NoBinariesFor(data, major.Value);
        }

        PostgresBinaries? old = null;
        var otherMajor = false;
        foreach (var directory in places.Others)
        {
            if (await ReadAsync(directory, cancellationToken) is not { } found)
                continue;
            if (found.Major < DatabaseChecks.OldestMajor)
                old ??= found;
            else if (major is null || found.Major == major)
                return found;
            else
                otherMajor = true;
        }

        throw otherMajor ? ClusterErrors.NoBinariesFor(data, major!.Value)
            : old is not null ? ClusterErrors.TooOld(old.Directory, old.Version)
            : ClusterErrors.NoBinaries();
    }

    private static int? MajorOf(string data)
    {
        var file = Path.Combine(data, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    private static async Task<PostgresBinaries?> ReadAsync(string directory, CancellationToken cancellationToken)
    {
        if (!new[] { "initdb", "pg_ctl", "postgres" }.All(program => File.Exists(Path.Combine(directory, program))))
            return null;

        var answer = await ChildProcess.RunAsync([Path.Combine(directory, "postgres"), "--version"], Timeout, cancellationToken);
        var version = VersionText().Match(answer.Output);
        return answer.Succeeded && version.Success
            ? new PostgresBinaries(directory, int.Parse(version.Groups["major"].ValueSpan, CultureInfo.InvariantCulture), version.Groups["all"].Value)
            : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<all>(?<major>\d{1,3})[\w.]{0,20})", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex VersionText();
}
