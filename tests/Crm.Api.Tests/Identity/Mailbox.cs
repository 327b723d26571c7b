using System.Text;
using System.Text.RegularExpressions;
using Crm.Testing;

namespace Crm.Api.Tests.Identity;

/// <summary>The mails that were written to a folder, as a person reads them.</summary>
internal sealed partial class Mailbox(string folder)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>The mailbox of an API that has no mail server.</summary>
    public static Mailbox Of(ApiHost host) => new(Path.Combine(host.Home, "mail"));

    /// <summary>Waits for so many mails to an address and returns the secret in the newest.</summary>
    public async Task<string> TokenAsync(string email, int count = 1) => TokenIn((await MailsAsync(email, count))[^1]);

    /// <summary>Waits for so many mails to an address.</summary>
    public Task<IReadOnlyList<string>> MailsAsync(string email, int count) => Until.ShouldBe(() => Task.FromResult(Read(email)), mails => mails.Count >= count, Deadline);

    /// <summary>The mails to an address so far, oldest first, their text decoded.</summary>
    public IReadOnlyList<string> Read(string email) => !Directory.Exists(folder)
        ? []
        : [.. new DirectoryInfo(folder).GetFiles().OrderBy(f => f.LastWriteTimeUtc).Select(TryRead).Where(text => text.Contains($"To: {email}", StringComparison.OrdinalIgnoreCase)).Select(Decode)];

    /// <summary>The secret in a mail.</summary>
    public static string TokenIn(string mail) => Token().Match(mail) is { Success: true } found ? found.Value : throw new InvalidOperationException(mail);

    // The file may be in the making.
    private static string TryRead(FileInfo file)
    {
        try
        {
            return File.ReadAllText(file.FullName);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Decode(string mail)
    {
        var parts = mail.ReplaceLineEndings("\n").Split("\n\n", 2);
        if (!parts[0].Contains("base64", StringComparison.OrdinalIgnoreCase))
            return $"{parts[0]}\n\n{parts[1].Replace("=\n", "", StringComparison.Ordinal)}";
        return $"{parts[0]}\n\n{Encoding.UTF8.GetString(Convert.FromBase64String(parts[1].Replace("\n", "", StringComparison.Ordinal)))}";
    }

    [GeneratedRegex("(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")]
    private static partial Regex Token();
}

/// <summary>One API, quick to send its mails, with two tenants.</summary>
public sealed class MailFixture : Xunit.IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public TestTenant Acme { get; private set; } = null!;

    public TestTenant Beta { get; private set; } = null!;

    internal Mailbox Mailbox => Mailbox.Of(Host);

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync(("Mail:PollInterval", "00:00:00.050"));
        Acme = await Host.CreateTenantAsync("acme");
        Beta = await Host.CreateTenantAsync("beta");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
