using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Crm.Benchmarks.Load;

/// <summary>
/// Imports of contacts, one file at a time, each into another tenant: from the first byte of the upload until the job has written its last
/// row. Companies are found by their names.
/// </summary>
internal sealed class ImportLoad(HttpClient http, BenchIds ids, WrittenRecords written, int rows, long run) : ILoad
{
    private const string Mapping = """
        {"columns":[{"field":"firstName","column":"first"},{"field":"lastName","column":"last"},{"field":"jobTitle","column":"title"},
        {"field":"emails","column":"email"},{"field":"lifecycleStage","column":"stage"},
        {"field":"companyId","column":"company","lookup":"name"},{"field":"tags","column":"tags"}]}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private int _files;

    public string Name => "import";

    public string Title => string.Create(
        CultureInfo.InvariantCulture, $"CSV files of {rows:N0} contacts, with company by name, e-mail and tag rows and change log");

    public string Unit => "row";

    public async Task<string?> FindDifferenceAsync(Target reference, Target candidate, CancellationToken cancellationToken)
    {
        var one = await written.ReadAsync(await LastContactAsync(reference), cancellationToken);
        var other = await written.ReadAsync(await LastContactAsync(candidate), cancellationToken);
        return one.DifferenceFrom(other) is { } row ? "written " + row : null;

        async Task<Guid> LastContactAsync(Target target)
        {
            await ImportAsync(target, tenant: 0, cancellationToken);
            return await written.FindContactAsync(Email(_files, rows - 1), cancellationToken);
        }
    }

    public async Task<LoadResult> RunAsync(Target target, TimeSpan duration, int most, ulong seed, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        var elapsed = TimeSpan.Zero;
        do
        {
            var took = await ImportAsync(target, (int)((seed + (ulong)latencies.Count) % (ulong)ids.Tenants.Count), cancellationToken);
            latencies.Add(took.TotalMicroseconds);
            elapsed += took;
        }
        while (latencies.Count * (long)rows < most && elapsed < duration);
        return new LoadResult(elapsed, latencies.Count * (long)rows, latencies);
    }

    private async Task<TimeSpan> ImportAsync(Target target, int tenant, CancellationToken cancellationToken)
    {
        var file = File(ids.Tenants[tenant]);
        var begun = Stopwatch.GetTimestamp();
        using var upload = target.Request(HttpMethod.Post, "/api/v1/imports", tenant);
        upload.Content = new MultipartFormDataContent
        {
            { new StringContent("contact"), "recordType" },
            { new StringContent(Mapping), "mapping" },
            { new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } }, "file", "contacts.csv" },
        };
        var (job, location) = await SendAsync(target, upload, HttpStatusCode.Accepted, cancellationToken);
        while (job.GetProperty("status").GetString() is "queued" or "running")
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
                throw new InvalidOperationException($"{target.Name} has not finished an import within {Patience.TotalMinutes} minutes: {job}");
            await Task.Delay(Poll, cancellationToken);
            using var poll = target.Request(HttpMethod.Get, location!, tenant);
            (job, _) = await SendAsync(target, poll, HttpStatusCode.OK, cancellationToken);
        }

        if (job.GetProperty("status").GetString() != "succeeded" || job.GetProperty("result").GetProperty("created").GetInt64() != rows)
            throw new InvalidOperationException($"{target.Name} did not import all {rows} rows: {job}");
        return Stopwatch.GetElapsedTime(begun);
    }

    private async Task<(JsonElement Job, string? Location)> SendAsync(
        Target target, HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var answer = await http.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.StatusCode != expected)
            throw new InvalidOperationException($"{target.Name} answered {Name} with {(int)answer.StatusCode}: {body}");
        return (JsonSerializer.Deserialize<JsonElement>(body), answer.Headers.Location?.OriginalString);
    }

    private byte[] File(BenchTenant tenant)
    {
        _files++;
        var csv = new StringBuilder("first,last,title,email,stage,company,tags\n");
        for (var i = 0; i < rows; i++)
        {
            var company = tenant.CompanyNames[(_files + i) % tenant.CompanyNames.Length];
            csv.Append(CultureInfo.InvariantCulture, $"Nova,Import {i},Buyer,{Email(_files, i)},customer,{company},imported\n");
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private string Email(int file, int row) => $"row{run}-{file}-{row}@bench.example";
}
