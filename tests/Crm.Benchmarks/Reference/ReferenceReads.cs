using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Crm.Benchmarks.Reference;

/// <summary>The three reads of the reference.</summary>
internal sealed class ReferenceReads(NpgsqlDataSource database)
{
    public async Task GetContactAsync(HttpContext context)
    {
        await using var command = database.CreateCommand(ReferenceSql.Get);
        command.Add(ReferenceHttp.Tenant(context));
        command.Add(ReferenceHttp.Id(context));
        await using var row = await command.ExecuteReaderAsync(context.RequestAborted);
        if (!await row.ReadAsync(context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await ReferenceHttp.WriteAsync(context, ReferenceRows.ContactWithCompany(row), ReferenceJson.Default.ContactShape);
    }

    public async Task ListContactsAsync(HttpContext context)
    {
        if (!int.TryParse(context.Request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            || limit is 0 or > ReferenceSql.MaxLimit)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await using var command = database.CreateCommand(ReferenceSql.Page(limit));
        command.Add(ReferenceHttp.Tenant(context));
        command.AddText(context.Request.Query["filter[lifecycleStage]"]);
        var rows = new List<ContactRowShape>(limit);
        var hasMore = false;
        await using (var row = await command.ExecuteReaderAsync(context.RequestAborted))
        {
            while (await row.ReadAsync(context.RequestAborted))
            {
                if (rows.Count == limit)
                    hasMore = true;
                else
                    rows.Add(ReferenceRows.PageRow(row));
            }
        }

        var page = new ContactPageShape(rows, new PageShape(hasMore ? Cursor(rows[^1]) : null, hasMore));
        await ReferenceHttp.WriteAsync(context, page, ReferenceJson.Default.ContactPageShape);
    }

    public async Task AggregateDealsAsync(HttpContext context)
    {
        var request = await ReferenceHttp.ReadAsync(context, ReferenceJson.Default.AggregateRequestShape);
        if (request is not
            {
                RecordType: "deal",
                GroupBy: [{ Field: "stageId" }],
                Measures: [{ Op: "count" }, { Op: "sum", Field: "amount" }],
            })
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await using var command = database.CreateCommand(ReferenceSql.Aggregate);
        command.Add(ReferenceHttp.Tenant(context));
        var rows = new List<AggregateRowShape>();
        await using (var row = await command.ExecuteReaderAsync(context.RequestAborted))
        {
            while (await row.ReadAsync(context.RequestAborted))
                rows.Add(ReferenceRows.AggregateRow(row));
        }

        await ReferenceHttp.WriteAsync(context, new AggregateShape(rows), ReferenceJson.Default.AggregateShape);
    }

    private static string Cursor(ContactRowShape last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.CreatedAt.Ticks}:{last.Id}"));
}
