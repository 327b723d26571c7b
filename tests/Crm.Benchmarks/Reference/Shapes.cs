using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Benchmarks.Reference;

internal sealed record MoneyShape(string Amount, string Currency);

internal sealed record ContactPointShape(string Value, string? Label);

internal sealed record CompanyShape(
    Guid Id, int Version, DateTime CreatedAt, DateTime UpdatedAt, DateTime? DeletedAt, Guid? OwnerId, string Name, string? Domain,
    string? Industry, int? Employees, MoneyShape? AnnualRevenue, int? FoundedYear, string? Phone, string? Street, string? City,
    string? Region, string? PostalCode, string? Country, string LifecycleStage, Guid? ParentId, string? Description, string[] Tags);

internal sealed record ContactShape(
    Guid Id, int Version, DateTime CreatedAt, DateTime UpdatedAt, DateTime? DeletedAt, Guid? OwnerId, string? FirstName, string? LastName,
    string? Name, string? JobTitle, StoredJson Emails, string? Email, StoredJson Phones, string? Phone, StoredJson Addresses,
    string LifecycleStage, Guid? CompanyId, string? Description, string[] Tags)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CompanyShape? Company { get; init; }
}

internal sealed record DealShape(
    Guid Id, int Version, DateTime CreatedAt, DateTime UpdatedAt, DateTime? DeletedAt, Guid? OwnerId, string Name, Guid PipelineId,
    Guid StageId, string Status, MoneyShape? Amount, int Probability, MoneyShape? WeightedAmount, DateOnly? EngageDate, DateOnly? CloseDate,
    string? CloseReason, DateTime StageChangedAt, string BoardRank, Guid? CompanyId, Guid? ContactId, Guid? ProductId, string? ExternalId,
    string? Description, string[] Tags);

internal sealed record CompanyNameShape(string Name);

internal sealed record ContactRowShape(
    Guid Id, int Version, DateTime CreatedAt, DateTime UpdatedAt, Guid? OwnerId, string? FirstName, string? LastName, string? Email,
    string LifecycleStage, Guid? CompanyId, CompanyNameShape? Company);

internal sealed record PageShape(string? NextCursor, bool HasMore);

internal sealed record ContactPageShape(IReadOnlyList<ContactRowShape> Data, PageShape Page);

internal sealed record NewContactShape(
    string? FirstName, string? LastName, string? JobTitle, IReadOnlyList<ContactPointShape>? Emails, string? LifecycleStage,
    Guid? CompanyId);

internal sealed record ContactPatchShape(string? JobTitle);

internal sealed record MoveShape(Guid StageId);

internal sealed record ImportShape(string Status, long Done, long Total, ImportResultShape Result);

internal sealed record ImportResultShape(long Created, long Updated, long Failed, long Warnings);

internal sealed record AggregateRequestShape(string RecordType, IReadOnlyList<GroupShape> GroupBy, IReadOnlyList<MeasureShape> Measures);

internal sealed record GroupShape(string Field);

internal sealed record MeasureShape(string Op, string? Field);

internal sealed record StageGroupShape(Guid StageId);

/// <summary>One row of a report; a value is a count or an amount of money, which may be missing.</summary>
internal sealed record AggregateRowShape(StageGroupShape Group, IReadOnlyList<object?> Values);

internal sealed record AggregateShape(IReadOnlyList<AggregateRowShape> Data);

/// <summary>JSON as stored in the database, passed through untouched.</summary>
[JsonConverter(typeof(StoredJsonConverter))]
internal readonly record struct StoredJson(string Text);

internal sealed class StoredJsonConverter : JsonConverter<StoredJson>
{
    public override StoredJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, StoredJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text, skipInputValidation: true);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ContactShape))]
[JsonSerializable(typeof(DealShape))]
[JsonSerializable(typeof(MoveShape))]
[JsonSerializable(typeof(ImportShape))]
[JsonSerializable(typeof(ContactPageShape))]
[JsonSerializable(typeof(NewContactShape))]
[JsonSerializable(typeof(IReadOnlyList<ContactPointShape>))]
[JsonSerializable(typeof(ContactPatchShape))]
[JsonSerializable(typeof(AggregateRequestShape))]
[JsonSerializable(typeof(AggregateShape))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(MoneyShape))]
internal sealed partial class ReferenceJson : JsonSerializerContext;
