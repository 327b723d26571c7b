using System.Globalization;
using System.Text.Json;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>Writes field values as the API serves them.</summary>
public static class JsonValueWriter
{
    private static readonly JsonEncodedText Amount = JsonEncodedText.Encode("amount");
    private static readonly JsonEncodedText Currency = JsonEncodedText.Encode("currency");

    /// <summary>Writes a value that is not <c>null</c>.</summary>
    public static void Write(Utf8JsonWriter writer, FieldKind kind, object value)
    {
        switch (value)
        {
            case string json when kind is FieldKind.Emails or FieldKind.Phones or FieldKind.Addresses or FieldKind.Rules:
                writer.WriteRawValue(json, skipInputValidation: true);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case Guid id:
                writer.WriteStringValue(id);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case DateTime instant:
                writer.WriteStringValue(instant);
                break;
            case DateTimeOffset instant:
                writer.WriteStringValue(instant.UtcDateTime);
                break;
            case DateOnly date:
                writer.WriteStringValue(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case Money money:
                WriteMoney(writer, money.Minor, money.Currency);
                break;
            case MoneyTotal total:
                WriteMoney(writer, total.Minor, total.Currency);
                break;
            case IReadOnlyList<string> texts:
                writer.WriteStartArray();
                foreach (var text in texts)
                    writer.WriteStringValue(text);
                writer.WriteEndArray();
                break;
            default:
                JsonSerializer.Serialize(writer, value, value.GetType(), JsonSerializerOptions.Web);
                break;
        }
    }

    /// <summary>Writes an amount.</summary>
    public static void WriteMoney(Utf8JsonWriter writer, decimal minor, string currency)
    {
        writer.WriteStartObject();
        writer.WriteString(Amount, Money.Format(minor, currency));
        writer.WriteString(Currency, currency);
        writer.WriteEndObject();
    }
}
