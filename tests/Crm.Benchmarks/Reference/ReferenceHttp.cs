using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crm.Benchmarks.Reference;

/// <summary>What the reference's requests share: the tenant, the id, the answer.</summary>
internal static class ReferenceHttp
{
    public static Guid Tenant(HttpContext context) => Guid.Parse(context.Request.Headers["X-Tenant"]!);

    public static Guid Id(HttpContext context) => Guid.Parse((string)context.GetRouteValue("id")!);

    public static Task WriteVersionedAsync(HttpContext context, ContactShape contact)
    {
        context.Response.Headers.ETag = $"\"{contact.Version}\"";
        return WriteAsync(context, contact, ReferenceJson.Default.ContactShape);
    }

    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, answer, type, context.RequestAborted);
    }

    /// <summary>What the change log keeps of a new contact: every field that was given, with nothing before it.</summary>
    public static string CreatedFields(NewContactShape contact)
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

            Field(writer, "lifecycleStage", contact.LifecycleStage);
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
}
