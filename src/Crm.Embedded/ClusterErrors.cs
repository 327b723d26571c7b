using Crm.Domain.Common;
using Crm.Infrastructure.Persistence;

namespace Crm.Embedded;

/// <summary>Why the private cluster cannot run.</summary>
internal static class ClusterErrors
{
    public static CannotRunException NoBinaries() => new(
        "postgres_missing",
        $"No PostgreSQL {DatabaseChecks.OldestMajor} or newer was found: install it (on Debian and Ubuntu: apt-get install postgresql), "
        + "name its folder of programs in CRM_POSTGRES_BIN, or set ConnectionStrings__Crm to use a server of yours.");

    public static CannotRunException NotBinaries(string directory) => new(
        "postgres_missing", $"CRM_POSTGRES_BIN is '{directory}', which does not hold initdb, pg_ctl and postgres.");

    public static CannotRunException TooOld(string directory, string version) => new(
        "postgres_too_old", $"PostgreSQL {version} in '{directory}' is too old: {DatabaseChecks.OldestMajor} or newer is needed.");

    public static CannotRunException NoBinariesFor(string data, int major) => new(
        "postgres_other_version", $"The data in '{data}' is of PostgreSQL {major}, and no programs of that version were found: install it or name its folder in CRM_POSTGRES_BIN.");

    public static CannotRunException AlreadyRunning(string home) => new(
        "already_running", $"The CRM is already running on '{home}': stop it first, or set CRM_HOME to another folder.");

    public static CannotRunException NotRunning(string home) => new(
        "not_running", $"No private cluster is running on '{home}'.");

    public static CannotRunException NoAccount() => new(
        "no_account", "PostgreSQL refuses to run as root, and no other account can be used: it takes an account 'postgres' or 'nobody' and the program setpriv or runuser.");

    public static CannotRunException Unreachable(string directory, string account) => new(
        "home_not_reachable", $"The account '{account}', which PostgreSQL runs as, cannot reach '{directory}': let it pass through the folders above, or set CRM_HOME to another folder.");

    public static CannotRunException DiskFull(string directory) => new(
        "disk_full", $"PostgreSQL cannot write to '{directory}': no space is left on the device.");

    public static CannotRunException Failed(string what, string reason) => new(
        "cluster_failed", $"PostgreSQL's {what} failed: {reason}");

    public static CannotRunException PasswordRefused(string secrets) => new(
        "secrets_do_not_match", $"The private cluster refuses the passwords in '{secrets}': put back the file that was made together with the data.");
}
