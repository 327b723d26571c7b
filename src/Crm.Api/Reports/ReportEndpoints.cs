using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Records;
using Crm.Application.Reports;

namespace Crm.Api.Reports;

/// <summary>Reports over HTTP.</summary>
internal sealed class ReportEndpoints : IEndpointGroup
{
    public static void Map(IEndpointRouteBuilder app) => app.MapOperation(
        "POST", "/api/v1/reports/aggregate", new Operation(typeof(AggregateRecords), "Count, sum and average records by group.") { Body = typeof(AggregateBody), Answer = typeof(AggregateAnswer) }, async context =>
        {
            using var body = await context.ReadJsonAsync("application/json");
            var types = context.RequestServices.GetRequiredService<RecordModel>();
            var result = await context.SendAsync(new AggregateRecords(new AggregateReader(types, context.Access(), context.Currency()).Read(body.RootElement)));
            await context.WriteJsonAsync(StatusCodes.Status200OK, writer => Write(writer, result));
        }).WithTags("reports");

    private static void Write(Utf8JsonWriter writer, AggregateResult result)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("data");
        foreach (var row in result.Rows)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("group");
            for (var i = 0; i < row.Keys.Count; i++)
            {
                writer.WritePropertyName(result.Query.GroupBy[i].Path.Text);
                Write(writer, row.Keys[i]);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("values");
            foreach (var value in row.Values)
                Write(writer, value);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case long whole:
                writer.WriteNumberValue(whole);
                break;
            case double fraction:
                writer.WriteRawValue(fraction.ToString("R", CultureInfo.InvariantCulture));
                break;
            default:
                JsonValueWriter.Write(writer, FieldKind.Text, value);
                break;
        }
    }

    /// <summary>A question for figures.</summary>
    /// <param name="RecordType">The record type, such as <c>deal</c>.</param>
    /// <param name="Filter">Which records count, in the filter language.</param>
    /// <param name="GroupBy">The keys, at most 5.</param>
    /// <param name="Measures">The figures, 1 to 10.</param>
    internal sealed record AggregateBody(
        [property: RecordPart(RecordPart.TypeName)] string RecordType, [property: RecordPart(RecordPart.Filter)] JsonElement? Filter,
        IReadOnlyList<AggregateKey>? GroupBy, IReadOnlyList<AggregateMeasure> Measures);

    /// <summary>One key.</summary>
    /// <param name="Field">A field or a path such as <c>company.country</c>.</param>
    /// <param name="Bucket">day, week, month, quarter or year, for dates and times.</param>
    internal sealed record AggregateKey(string Field, [property: AllowedValues("day", "week", "month", "quarter", "year")] string? Bucket);

    /// <summary>One figure.</summary>
    /// <param name="Op">count, sum, avg, min, max or winRate.</param>
    /// <param name="Field">The field; none for count and winRate.</param>
    internal sealed record AggregateMeasure([property: AllowedValues("count", "sum", "avg", "min", "max", "winRate")] string Op, string? Field);

    /// <summary>The figures.</summary>
    /// <param name="Data">The groups, in the order of the keys.</param>
    internal sealed record AggregateAnswer(IReadOnlyList<AggregateGroup> Data);

    /// <summary>The figures of one group.</summary>
    /// <param name="Group">The keys' values by field; a bucket's is the date it begins on.</param>
    /// <param name="Values">The figures in the order asked for: numbers, texts, amounts, or null.</param>
    internal sealed record AggregateGroup(
        [property: RecordPart(RecordPart.Value)] IReadOnlyDictionary<string, JsonElement> Group, [property: RecordPart(RecordPart.Value)] IReadOnlyList<JsonElement> Values);
}
