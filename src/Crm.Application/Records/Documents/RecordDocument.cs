using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Application.Records;

/// <summary>A record as the API serves it: one row of values and the shape that says what they are.</summary>
[JsonConverter(typeof(RecordDocumentConverter))]
public sealed class RecordDocument(RecordShape shape, object?[] row)
{
    /// <summary>The record's type.</summary>
    public RecordType Type => shape.Type;

    /// <summary>The record's id.</summary>
    public Guid Id => (Guid)row[RecordShape.IdPlace]!;

    /// <summary>The record's version, its strong ETag when the whole record is answered.</summary>
    public int Version => (int)row[RecordShape.VersionPlace]!;

    /// <summary>One value of the row.</summary>
    public object? this[int place] => row[place];

    /// <summary>The value of one of the record's own fields.</summary>
    /// <exception cref="InvalidOperationException">The field is not part of the answer.</exception>
    public object? Value(string name) => row[shape.Fields.First(f => f.Field.Name == name).Place];

    /// <summary>The value of one of the record's own amounts.</summary>
    public Domain.Common.Money? Money(string name)
    {
        var place = shape.Fields.First(f => f.Field.Name == name).Place;
        return row[place] is long minor ? new(minor, (string)row[place + 1]!) : null;
    }

    /// <summary>Writes the record as a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter writer) => Write(writer, shape);

    private void Write(Utf8JsonWriter writer, RecordShape part)
    {
        writer.WriteStartObject();
        var fields = part.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            var (field, place) = fields[i];
            writer.WritePropertyName(field.EncodedName);
            if (row[place] is not { } value)
                writer.WriteNullValue();
            else if (field.Kind == FieldKind.Money)
                JsonValueWriter.WriteMoney(writer, (long)value, (string)row[place + 1]!);
            else
                JsonValueWriter.Write(writer, field.Kind, value);
        }

        foreach (var (relation, idPlace, related) in part.Relations)
        {
            writer.WritePropertyName(relation.EncodedName);
            if (row[idPlace] is null)
                writer.WriteNullValue();
            else
                Write(writer, related);
        }

        writer.WriteEndObject();
    }
}

/// <summary>Lets a record stand inside of other answers.</summary>
internal sealed class RecordDocumentConverter : JsonConverter<RecordDocument>
{
    public override RecordDocument Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Records are read against their description.");

    public override void Write(Utf8JsonWriter writer, RecordDocument value, JsonSerializerOptions options) => value.WriteTo(writer);
}
