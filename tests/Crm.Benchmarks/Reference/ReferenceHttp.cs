using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Benchmarks.Reference;

/// <summary>What the reference's requests share: the tenant, the id, the correlation id, the answer.</summary>
internal static class ReferenceHttp
{
    private const int MaxCorrelationLength = 64;

    public static Guid Tenant(HttpContext context) => Guid.Parse(context.Request.Headers["X-Tenant"]!);

    public static Guid Id(HttpContext context) => Guid.Parse((string)context.GetRouteValue("id")!);

    /// <summary>Gives the request the identity that the change log and the answer share.</summary>
    public static Task CorrelateAsync(HttpContext context, RequestDelegate next)
    {
        var sent = context.Request.Headers["X-Correlation-Id"].ToString();

        // The time at the beginning keeps neighbours in time together in the index.
        context.TraceIdentifier = sent.Length is > 0 and <= MaxCorrelationLength ? sent : Guid.CreateVersion7().ToString("N");
        context.Response.Headers["X-Correlation-Id"] = context.TraceIdentifier;
        return next(context);
    }

    public static ValueTask<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) =>
        JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);

    public static Task WriteVersionedAsync<T>(HttpContext context, T record, int version, JsonTypeInfo<T> type)
    {
        context.Response.Headers.ETag = $"\"{version}\"";
        return WriteAsync(context, record, type);
    }

    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, answer, type, context.RequestAborted);
    }
}

/// <summary>Parameters, typed so that no value is boxed.</summary>
internal static class ReferenceParameters
{
    public static void Add<T>(this NpgsqlCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    public static void AddText(this NpgsqlCommand command, string? value, NpgsqlDbType type = NpgsqlDbType.Text) =>
        command.Parameters.Add(value is null
            ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type }
            : new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = type });

    public static void AddId(this NpgsqlCommand command, Guid? value)
    {
        if (value is { } id)
            command.Add(id);
        else
            command.Parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
    }

    /// <summary>Who makes a change and from where: actor, correlation id, address, session.</summary>
    public static void AddSource(this NpgsqlCommand command, HttpContext context)
    {
        command.Add(Guid.Parse(context.Request.Headers["X-Actor"]!));
        command.Add(context.TraceIdentifier);
        command.Parameters.Add(new NpgsqlParameter<IPAddress>
        {
            TypedValue = context.Connection.RemoteIpAddress!,
            NpgsqlDbType = NpgsqlDbType.Inet,
        });
        command.Add(Guid.Parse(context.Request.Headers["X-Session"]!));
    }
}
