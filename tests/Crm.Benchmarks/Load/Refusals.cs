using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Crm.Benchmarks.Data;
using Crm.Benchmarks.Reporting;
using Npgsql;

namespace Crm.Benchmarks.Load;

/// <summary>
/// Times refused sign-ins, of kinds that nobody may tell apart. They take turns, one at a time, each with an account of its own, so that
/// what disturbs one disturbs all.
/// </summary>
internal sealed class Refusals(HttpClient http, Uri api, NpgsqlConnection admin)
{
    private const int UsersPerTenant = 5;
    private const int WarmUp = 10;

    /// <summary>How much data a run needs: half of the users have wrong passwords tried, the other half are locked.</summary>
    public static BenchSize SizeFor(int attempts) => new((2 * (attempts + WarmUp) / UsersPerTenant) + 1, 100, 1, 1);

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidOperationException">An attempt was not refused.</exception>
    public async Task<string> MeasureAsync(int attempts, CancellationToken cancellationToken)
    {
        var emails = await ReadEmailsAsync(cancellationToken);
        var (tried, locked) = (emails[..(attempts + WarmUp)], emails[(attempts + WarmUp)..(2 * (attempts + WarmUp))]);
        await LockAsync(locked, cancellationToken);
        var kinds = new (string Name, Func<int, string> Email, List<double> Times)[]
        {
            ("unknown address", i => string.Create(CultureInfo.InvariantCulture, $"nobody{i}@bench-1.example"), []),
            ("wrong password", i => tried[i], []),
            ("locked account", i => locked[i], []),
        };
        for (var i = 0; i < attempts + WarmUp; i++)
        {
            // The order changes with every round, so that none is always the one behind another.
            for (var turn = 0; turn < kinds.Length; turn++)
            {
                var (_, email, times) = kinds[(turn + i) % kinds.Length];
                var took = await TimeAsync(email(i), cancellationToken);
                if (i >= WarmUp)
                    times.Add(took);
            }
        }

        return Table(kinds.Select(k => (k.Name, k.Times)));
    }

    private static string Table(IEnumerable<(string Name, List<double> Times)> kinds)
    {
        var rows = kinds
            .Select(k => (k.Name, Median: Statistics.Median(k.Times), P95: Statistics.Percentile([.. k.Times.Order()], .95)))
            .ToList();
        var text = new StringBuilder("| refused for | median ms | p95 ms | median, compared with the first |\n|---|---:|---:|---:|\n");
        foreach (var (name, median, p95) in rows)
            text.AppendLine(
                CultureInfo.InvariantCulture, $"| {name} | {median:F2} | {p95:F2} | {median - rows[0].Median:+0.00;-0.00;0} ms |");
        return text.ToString();
    }

    private async Task<double> TimeAsync(string email, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await http.PostAsJsonAsync(
            new Uri(api, "/api/v1/auth/sign-in"), new { email, password = "Wrong-" + Guid.NewGuid() }, cancellationToken);
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return answer.StatusCode == HttpStatusCode.Unauthorized
            ? took
            : throw new InvalidOperationException($"A wrong password was answered with {(int)answer.StatusCode}.");
    }

    private async Task<string[]> ReadEmailsAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT array_agg(email ORDER BY id) FROM users", admin);
        return (string[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task LockAsync(string[] emails, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO lockouts (account_id, device_id, failures, expires_at)
            SELECT id, $2, 6, now() + interval '1 day' FROM users WHERE email = ANY ($1)
            """, admin)
        {
            Parameters = { new() { Value = emails }, new() { Value = Guid.Empty } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
