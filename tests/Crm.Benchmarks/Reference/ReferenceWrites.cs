using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Benchmarks.Reference;

/// <summary>The two writes of the reference; each writes the record and its change in one statement.</summary>
internal sealed class ReferenceWrites(NpgsqlDataSource database, TimeProvider time)
{
    public async Task CreateContactAsync(HttpContext context)
    {
        var contact = await JsonSerializer.DeserializeAsync(context.Request.Body, ReferenceJson.Default.NewContactShape, context.RequestAborted);
        if (contact is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await using var command = database.CreateCommand(ReferenceSql.Create);
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ReferenceHttp.Tenant(context) });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        parameters.Add(Text(contact.FirstName));
        parameters.Add(Text(contact.LastName));
        parameters.Add(Text(contact.JobTitle));
        parameters.Add(Text(JsonSerializer.Serialize(contact.Emails ?? [], ReferenceJson.Default.IReadOnlyListContactPointShape)));
        parameters.Add(Text(contact.LifecycleStage ?? "lead"));
        parameters.Add(new NpgsqlParameter { Value = (object?)contact.CompanyId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        parameters.Add(Text(ReferenceHttp.CreatedFields(contact)));
        await using var row = await command.ExecuteReaderAsync(context.RequestAborted);
        await row.ReadAsync(context.RequestAborted);
        var created = ReferenceRows.Contact(row);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/api/v1/contacts/{created.Id}";
        await ReferenceHttp.WriteVersionedAsync(context, created);
    }

    public async Task PatchContactAsync(HttpContext context)
    {
        var patch = await JsonSerializer.DeserializeAsync(context.Request.Body, ReferenceJson.Default.ContactPatchShape, context.RequestAborted);
        await using var command = database.CreateCommand(ReferenceSql.Patch);
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ReferenceHttp.Tenant(context) });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ReferenceHttp.Id(context) });
        parameters.Add(Text(patch?.JobTitle));
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        await using var row = await command.ExecuteReaderAsync(context.RequestAborted);
        if (!await row.ReadAsync(context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await ReferenceHttp.WriteVersionedAsync(context, ReferenceRows.Contact(row));
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
