using System.Text;
using System.Text.Json;
using Crm.Domain.Deals;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Benchmarks.Reference;

/// <summary>The writes of the reference; each writes the record, its value rows and its change in one statement.</summary>
internal sealed class ReferenceWrites(NpgsqlDataSource database, TimeProvider time)
{
    public async Task CreateContactAsync(HttpContext context)
    {
        var contact = await ReferenceHttp.ReadAsync(context, ReferenceJson.Default.NewContactShape);
        if (contact is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var emails = contact.Emails ?? [];
        await using var command = database.CreateCommand(ReferenceSql.Create);
        command.Add(ReferenceHttp.Tenant(context));
        command.Add(Guid.CreateVersion7());
        command.Add(Now());
        command.AddText(contact.FirstName);
        command.AddText(contact.LastName);
        command.AddText(contact.JobTitle);
        command.AddText(JsonSerializer.Serialize(emails, ReferenceJson.Default.IReadOnlyListContactPointShape), NpgsqlDbType.Jsonb);
        command.AddText(contact.LifecycleStage ?? "lead");
        command.AddId(contact.CompanyId);
        command.Add(emails.Select(e => e.Value.ToLowerInvariant()).Distinct().ToArray());
        command.Add(Guid.CreateVersion7());
        command.AddText(CreatedFields(contact), NpgsqlDbType.Jsonb);
        command.AddSource(context);
        await using var row = await command.ExecuteReaderAsync(context.RequestAborted);
        if (!await row.ReadAsync(context.RequestAborted))
        {
            // There is no such company.
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var created = ReferenceRows.Contact(row);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/api/v1/contacts/{created.Id}";
        await ReferenceHttp.WriteVersionedAsync(context, created, created.Version, ReferenceJson.Default.ContactShape);
    }

    public async Task PatchContactAsync(HttpContext context)
    {
        var patch = await ReferenceHttp.ReadAsync(context, ReferenceJson.Default.ContactPatchShape);
        await using var command = database.CreateCommand(ReferenceSql.Patch);
        command.Add(ReferenceHttp.Tenant(context));
        command.Add(ReferenceHttp.Id(context));
        command.AddText(patch?.JobTitle);
        command.Add(Now());
        command.Add(Guid.CreateVersion7());
        command.AddSource(context);
        var contact = await ReadContactAsync(command, context.RequestAborted) ?? await UnchangedAsync(context);
        if (contact is null)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            await ReferenceHttp.WriteVersionedAsync(context, contact, contact.Version, ReferenceJson.Default.ContactShape);
    }

    /// <summary>Moves a deal to the end of a column: one trip for the last card there, one for the move.</summary>
    public async Task MoveDealAsync(HttpContext context)
    {
        var move = await ReferenceHttp.ReadAsync(context, ReferenceJson.Default.MoveShape);
        var (tenant, id, now) = (ReferenceHttp.Tenant(context), ReferenceHttp.Id(context), Now());
        await using var write = database.CreateCommand(ReferenceSql.Move);
        write.Add(tenant);
        write.Add(id);
        write.Add(move!.StageId);
        await using (var read = database.CreateCommand(ReferenceSql.Column))
        {
            read.Add(tenant);
            read.Add(move.StageId);
            read.Add(id);
            await using var column = await read.ExecuteReaderAsync(context.RequestAborted);
            if (!await column.ReadAsync(context.RequestAborted))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            write.Add(column.GetGuid(0));
            write.Add(column.GetString(1));
            write.Add(column.GetInt32(2));
            write.Add(Rank.Last(column.IsDBNull(3) ? null : column.GetString(3), now, id));
        }

        write.Add(now);
        write.Add(Guid.CreateVersion7());
        write.Add(Guid.CreateVersion7());
        write.AddSource(context);
        await using var row = await write.ExecuteReaderAsync(context.RequestAborted);
        if (!await row.ReadAsync(context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var deal = ReferenceRows.Deal(row);
        await ReferenceHttp.WriteVersionedAsync(context, deal, deal.Version, ReferenceJson.Default.DealShape);
    }

    private async Task<ContactShape?> UnchangedAsync(HttpContext context)
    {
        await using var command = database.CreateCommand(ReferenceSql.Unchanged);
        command.Add(ReferenceHttp.Tenant(context));
        command.Add(ReferenceHttp.Id(context));
        return await ReadContactAsync(command, context.RequestAborted);
    }

    private static async Task<ContactShape?> ReadContactAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? ReferenceRows.Contact(row) : null;
    }

    // What the change log stores of a new contact: every field with a value, and null before it.
    private static string CreatedFields(NewContactShape contact)
    {
        using var buffer = new MemoryStream(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            Field(writer, "firstName", contact.FirstName);
            Field(writer, "lastName", contact.LastName);
            Field(writer, "jobTitle", contact.JobTitle);
            if (contact.Emails is { Count: > 0 } emails)
            {
                Open(writer, "emails");
                JsonSerializer.Serialize(writer, emails, ReferenceJson.Default.IReadOnlyListContactPointShape);
                writer.WriteEndObject();
            }

            Field(writer, "lifecycleStage", contact.LifecycleStage ?? "lead");
            Field(writer, "companyId", contact.CompanyId?.ToString());
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Field(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is null)
            return;

        Open(writer, name);
        writer.WriteStringValue(value);
        writer.WriteEndObject();
    }

    private static void Open(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject(name);
        writer.WriteNull("from");
        writer.WritePropertyName("to");
    }

    // A parameter of type timestamptz takes a time in UTC.
    private DateTime Now() => time.GetUtcNow().UtcDateTime;
}
