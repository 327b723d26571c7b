using System.Net.Http.Json;
using System.Text.Json;

namespace Crm.Benchmarks.Load;

/// <summary>Signs in to the API as one user of each tenant.</summary>
internal static class SignIn
{
    /// <summary>Gets an access token for each tenant.</summary>
    /// <exception cref="InvalidOperationException">The API refused.</exception>
    public static async Task<IReadOnlyList<string>> ToAllAsync(
        HttpClient http, Uri api, BenchIds ids, string password, CancellationToken cancellationToken)
    {
        var tokens = new List<string>();
        foreach (var tenant in ids.Tenants)
        {
            using var answer = await http.PostAsJsonAsync(
                new Uri(api, "/api/v1/auth/sign-in"),
                new { tenant = tenant.Identifier, email = $"user1@{tenant.Identifier}.example", password },
                cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"Signing in to {tenant.Identifier} was answered with {(int)answer.StatusCode}: {body}");

            using var json = JsonDocument.Parse(body);
            tokens.Add(json.RootElement.GetProperty("accessToken").GetString()!);
        }

        return tokens;
    }
}
