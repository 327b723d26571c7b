using System.Globalization;
using Npgsql;

namespace Crm.Benchmarks.Reference;

/// <summary>Reads rows in the order in which <see cref="ReferenceSql"/> selects them.</summary>
internal static class ReferenceRows
{
    private const int ContactColumns = 19;

    public static ContactShape Contact(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt32(1), row.GetDateTime(2), row.GetDateTime(3), Time(row, 4), Id(row, 5), Text(row, 6), Text(row, 7),
        Text(row, 8), Text(row, 9), new StoredJson(row.GetString(10)), Text(row, 11), new StoredJson(row.GetString(12)), Text(row, 13),
        new StoredJson(row.GetString(14)), row.GetString(15), Id(row, 16), Text(row, 17), row.GetFieldValue<string[]>(18));

    public static ContactShape ContactWithCompany(NpgsqlDataReader row)
    {
        var contact = Contact(row);
        return row.IsDBNull(ContactColumns) ? contact : contact with { Company = Company(row, ContactColumns) };
    }

    public static ContactRowShape PageRow(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt32(1), row.GetDateTime(2), row.GetDateTime(3), Id(row, 4), Text(row, 5), Text(row, 6), Text(row, 7),
        row.GetString(8), Id(row, 9), row.IsDBNull(10) ? null : new CompanyNameShape(row.GetString(10)));

    public static AggregateRowShape AggregateRow(NpgsqlDataReader row) => new(
        new StageGroupShape(row.GetGuid(0)),
        [row.GetInt64(2), row.IsDBNull(3) ? null : Money(row.GetInt64(3), row.GetString(1))]);

    public static DealShape Deal(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt32(1), row.GetDateTime(2), row.GetDateTime(3), Time(row, 4), Id(row, 5), row.GetString(6), row.GetGuid(7),
        row.GetGuid(8), row.GetString(9), Amount(row, 10), row.GetInt32(12), Amount(row, 13), Date(row, 15), Date(row, 16), Text(row, 17),
        row.GetDateTime(18), row.GetString(19), Id(row, 20), Id(row, 21), Id(row, 22), Text(row, 23), Text(row, 24),
        row.GetFieldValue<string[]>(25));

    private static CompanyShape Company(NpgsqlDataReader row, int at) => new(
        row.GetGuid(at), row.GetInt32(at + 1), row.GetDateTime(at + 2), row.GetDateTime(at + 3), Time(row, at + 4), Id(row, at + 5),
        row.GetString(at + 6), Text(row, at + 7), Text(row, at + 8), Number(row, at + 9), Amount(row, at + 10), Number(row, at + 12),
        Text(row, at + 13), Text(row, at + 14), Text(row, at + 15), Text(row, at + 16), Text(row, at + 17), Text(row, at + 18),
        row.GetString(at + 19), Id(row, at + 20), Text(row, at + 21), row.GetFieldValue<string[]>(at + 22));

    // All of the benchmark's money is in euro, which has two digits.
    private static MoneyShape Money(long minor, string currency) =>
        new((minor / 100m).ToString("F2", CultureInfo.InvariantCulture), currency);

    private static MoneyShape? Amount(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : Money(row.GetInt64(column), row.GetString(column + 1));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);

    private static DateOnly? Date(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    private static Guid? Id(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
}
