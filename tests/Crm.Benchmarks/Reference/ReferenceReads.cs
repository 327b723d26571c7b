using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Benchmarks.Reference;

/// <summary>The three reads of the reference.</summary>
internal sealed class ReferenceReads(NpgsqlDataSource database)
{
    public async Task GetContactAsync(HttpContext context)
    {
        await using var command = database.CreateCommand(ReferenceSql.Get);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ReferenceHttp.Tenant(context) });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ReferenceHttp.Id(context) });
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
        var limit = int.Parse(context.Request.Query["limit"]!, System.Globalization.CultureInfo.InvariantCulture);
        await using var command = database.CreateCommand(ReferenceSql.Page);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ReferenceHttp.Tenant(context) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Request.Query["filter[lifecycleStage]"]!, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });
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
        var request = await JsonSerializer.DeserializeAsync(context.Request.Body, ReferenceJson.Default.AggregateRequestShape, context.RequestAborted);
        if (request is not { RecordType: "deal", GroupBy: [{ Field: "stageId" }], Measures: [{ Op: "count" }, { Op: "sum", Field: "amount" }] })
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await using var command = database.CreateCommand(ReferenceSql.Aggregate);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ReferenceHttp.Tenant(context) });
        var rows = new List<AggregateRowShape>();
        await using (var row = await command.ExecuteReaderAsync(context.RequestAborted))
        {
            while (await row.ReadAsync(context.RequestAborted))
                rows.Add(ReferenceRows.AggregateRow(row));
        }

        await ReferenceHttp.WriteAsync(context, new AggregateShape(rows), ReferenceJson.Default.AggregateShape);
    }

    private static string Cursor(ContactRowShape last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.CreatedAt.Ticks}:{last.Id}"));
}
