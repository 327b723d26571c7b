using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Crm.Benchmarks.Reference;

/// <summary>
/// The import of the reference: the same upload as the API's, written at once in statements of 500 rows, without a job. It knows the
/// columns of the benchmark's file by their place, and that no cell is quoted.
/// </summary>
internal sealed class ReferenceImport(NpgsqlDataSource database, TimeProvider time)
{
    private const int BatchSize = 500;
    private const int Columns = 7;

    public async Task ImportContactsAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        using var lines = new StreamReader(form.Files["file"]!.OpenReadStream());
        await lines.ReadLineAsync(context.RequestAborted);
        var rows = new List<string[]>(BatchSize);
        long read = 0, created = 0;
        while (await lines.ReadLineAsync(context.RequestAborted) is { } line)
        {
            read++;
            rows.Add(line.Split(','));
            if (rows.Count == BatchSize)
                created += await WriteAsync(context, rows);
        }

        if (rows.Count > 0)
            created += await WriteAsync(context, rows);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        var answer = new ImportShape("succeeded", read, read, new ImportResultShape(created, 0, read - created, 0));
        await ReferenceHttp.WriteAsync(context, answer, ReferenceJson.Default.ImportShape);
    }

    private async Task<long> WriteAsync(HttpContext context, List<string[]> rows)
    {
        await using var command = database.CreateCommand(ReferenceSql.Import);
        command.Add(ReferenceHttp.Tenant(context));
        command.Add(NewIds(rows.Count));
        command.Add(NewIds(rows.Count));
        for (var column = 0; column < Columns; column++)
            command.Add(rows.ConvertAll(row => row[column]).ToArray());
        command.Add(time.GetUtcNow().UtcDateTime);
        command.Add(Guid.Parse(context.Request.Headers["X-Actor"]!));
        command.Add(context.TraceIdentifier);
        rows.Clear();
        return (long)(await command.ExecuteScalarAsync(context.RequestAborted))!;
    }

    private static Guid[] NewIds(int count)
    {
        var ids = new Guid[count];
        for (var i = 0; i < count; i++)
            ids[i] = Guid.CreateVersion7();
        return ids;
    }
}
