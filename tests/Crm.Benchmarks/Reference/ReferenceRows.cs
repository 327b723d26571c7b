using System.Globalization;
using Npgsql;

namespace Crm.Benchmarks.Reference;

/// <summary>Reads rows in the order in which <see cref="ReferenceSql"/> selects them.</summary>
internal static class ReferenceRows
{
    private const int ContactColumns = 18;

    public static ContactShape Contact(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt32(1), row.GetDateTime(2), row.GetDateTime(3), Id(row, 4), Text(row, 5), Text(row, 6), Text(row, 7), Text(row, 8),
        new StoredJson(row.GetString(9)), Text(row, 10), new StoredJson(row.GetString(11)), Text(row, 12), new StoredJson(row.GetString(13)),
        row.GetString(14), Id(row, 15), Text(row, 16), row.GetFieldValue<string[]>(17));

    public static ContactShape ContactWithCompany(NpgsqlDataReader row)
    {
        var contact = Contact(row);
        return row.IsDBNull(ContactColumns) ? contact : contact with { Company = Company(row, ContactColumns) };
    }

    public static ContactRowShape PageRow(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt32(1), row.GetDateTime(2), row.GetDateTime(3), Id(row, 4), Text(row, 5), Text(row, 6), Text(row, 7),
        row.GetString(8), Id(row, 9), row.IsDBNull(10) ? null : new CompanyNameShape(row.GetString(10)));

    public static AggregateRowShape AggregateRow(NpgsqlDataReader row)
    {
        var currency = Text(row, 1);
        object sum = row.IsDBNull(3) || currency is null ? 0L : Money(row.GetInt64(3), currency);
        return new(new StageGroupShape(row.GetGuid(0), currency), [row.GetInt64(2), sum]);
    }

    private static CompanyShape Company(NpgsqlDataReader row, int at) => new(
        row.GetGuid(at), row.GetInt32(at + 1), row.GetDateTime(at + 2), row.GetDateTime(at + 3), Id(row, at + 4), row.GetString(at + 5), Text(row, at + 6),
        Text(row, at + 7), Number(row, at + 8), row.IsDBNull(at + 9) ? null : Money(row.GetInt64(at + 9), row.GetString(at + 10)), Number(row, at + 11),
        Text(row, at + 12), Text(row, at + 13), Text(row, at + 14), Text(row, at + 15), Text(row, at + 16), Text(row, at + 17), row.GetString(at + 18),
        Id(row, at + 19), Text(row, at + 20), row.GetFieldValue<string[]>(at + 21));

    // All of the benchmark's money is in euro, which has two digits.
    private static MoneyShape Money(long minor, string currency) => new((minor / 100m).ToString("F2", CultureInfo.InvariantCulture), currency);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static Guid? Id(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
}
