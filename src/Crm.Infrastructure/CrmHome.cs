using Crm.Domain.Common;
using Microsoft.Extensions.Configuration;

namespace Crm.Infrastructure;

/// <summary>The folder in which the system keeps what is its own: data, secrets, keys and files.</summary>
public static class CrmHome
{
    private const string Setting = "CRM_HOME";
    private const string Default = ".crm";

    /// <summary>The configured folder, <c>.crm</c> by default.</summary>
    public static string Of(IConfiguration configuration) => configuration[Setting] is { Length: > 0 } home ? home : Default;

    /// <summary>Creates a home unless it exists; returns its full path.</summary>
    /// <exception cref="CannotRunException"><c>home_not_writable</c></exception>
    public static string Create(string home)
    {
        var root = Path.GetFullPath(home);
        if (Directory.Exists(root))
            return root;

        try
        {
            Directory.CreateDirectory(root);
            // Nobody else reads it; when root runs the system, the account that PostgreSQL runs as must be able to pass through.
            const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(root, Environment.IsPrivilegedProcess ? own | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : own);
            return root;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(root, failure);
        }
    }

    /// <summary>The error of a home, or a folder in it, that cannot be used.</summary>
    public static CannotRunException NotWritable(string home, Exception failure) => new(
        "home_not_writable",
        $"The folder '{home}' cannot be used ({failure.Message.TrimEnd('.')}): make it writable, or set CRM_HOME to another folder.");
}
