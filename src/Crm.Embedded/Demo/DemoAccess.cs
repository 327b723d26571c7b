using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crm.Embedded.Demo;

/// <summary>How to sign in to the demo: the content of <c>demo.json</c>.</summary>
/// <param name="BaseUrl">Where the API listens.</param>
/// <param name="Host">The host's operator.</param>
/// <param name="Tenants">The demo tenants, each with its owner.</param>
public sealed record DemoAccess(string BaseUrl, DemoOperator Host, IReadOnlyList<DemoTenant> Tenants)
{
    private static readonly JsonSerializerOptions Shape = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // It is read by people and by shell scripts, never by a browser.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads the file.</summary>
    public static DemoAccess? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<DemoAccess>(file, Shape) is { Tenants: not null, Host: not null } access ? access : null;
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file so that only the system's account can read it. It is there as a whole or not at all.</summary>
    public void Write(string path)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(fresh, options))
        {
            JsonSerializer.Serialize(file, this, Shape);
            file.WriteByte((byte)'\n');
        }

        File.Move(fresh, path, overwrite: true);
    }
}

/// <summary>The host's operator of the demo.</summary>
/// <param name="Email">The e-mail address to sign in with.</param>
/// <param name="Password">The password.</param>
public sealed record DemoOperator(string Email, string Password);

/// <summary>A demo tenant and its owner.</summary>
/// <param name="Identifier">The tenant's short name.</param>
/// <param name="Id">The tenant's id.</param>
/// <param name="Email">The owner's e-mail address.</param>
/// <param name="Password">The owner's password.</param>
/// <param name="ApiKey">An API key that may do all that the owner may; <c>null</c> where the owner is no member any more.</param>
public sealed record DemoTenant(string Identifier, Guid Id, string Email, string Password, string? ApiKey);
