using System.Net;
using System.Text.Json.Nodes;
using Crm.Testing;
using Npgsql;

namespace Crm.Api.Tests.Identity.Lockout;

/// <summary>Attempts to sign in, and what is kept of them.</summary>
internal static class Attempts
{
    /// <summary>The cookie by which a device is known.</summary>
    public const string Cookie = "__Host-crm_device";

    /// <summary>Tries a password, as a stranger or with what a device shows.</summary>
    public static Task<Answer> TryAsync(this ApiHost host, string email, string password, string? device = null) =>
        host.CreateClient().SendAsync("POST", People.SignInPath, new { email, password }, device is null ? [] : [("Cookie", $"{Cookie}={device}")]);

    /// <summary>Tries wrong passwords, one after the other.</summary>
    public static async Task<IReadOnlyList<Answer>> FailAsync(this ApiHost host, string email, int times, string? device = null)
    {
        var answers = new List<Answer>();
        for (var i = 0; i < times; i++)
            answers.Add(await host.TryAsync(email, ApiHost.NewPassword(), device));
        return answers;
    }

    /// <summary>What a device got to be known by.</summary>
    public static string DeviceOf(Answer answer) => answer.Headers["Set-Cookie"].Split(';')[0][(Cookie.Length + 1)..];

    /// <summary>All of an answer that must not tell one refusal from another; what is new in every answer is left out.</summary>
    public static string Looks(Answer answer)
    {
        var body = (JsonObject)JsonNode.Parse(answer.Text)!;
        body.Remove("traceId");
        var headers = answer.Headers.Where(h => h.Key is not ("Date" or "X-Correlation-Id")).OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {h.Value}");
        return $"{(int)answer.Status} {body.ToJsonString()} {string.Join('\n', headers)}";
    }

    /// <summary>Asks the database as one who sees everything.</summary>
    public static async Task<object?> ScalarAsync(this ApiHost host, string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(host.Database.SuperConnectionString);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }

    /// <summary>The id of the user with an address.</summary>
    public static async Task<Guid> UserIdAsync(this ApiHost host, string email) => (Guid)(await host.ScalarAsync("SELECT id FROM users WHERE email = $1", email))!;

    /// <summary>How many wrong passwords of strangers are remembered.</summary>
    public static async Task<int> CountAsync(this ApiHost host, string email) =>
        (int)(await host.ScalarAsync("SELECT coalesce((SELECT failures FROM lockouts l JOIN users u ON u.id = l.account_id WHERE u.email = $1 AND l.device_id = $2), 0)", email, Guid.Empty))!;

    /// <summary>Whether the right password is let in.</summary>
    public static async Task<bool> OpensAsync(this ApiHost host, string email, string password, string? device = null) =>
        (await host.TryAsync(email, password, device)).Status == HttpStatusCode.OK;
}
