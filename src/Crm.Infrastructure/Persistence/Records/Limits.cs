namespace Crm.Infrastructure.Persistence.Records;

/// <summary>
/// How many rows a statement answers at most, as SQL. In a generic plan a parameter counts as a tenth of the rows, so that PostgreSQL would
/// plan every page again; the usual numbers therefore stand in the text. Other numbers stay parameters: as many texts as there are numbers
/// would push one another out of the prepared statements.
/// </summary>
internal static class Limits
{
    private static readonly int[] Usual = [2, 11, 21, 26, 51, 101, 201];

    /// <summary>The number, in the text where it is a usual one.</summary>
    public static string Rows(SqlStatement statement, int limit) =>
        Usual.Contains(limit) ? Constant(limit) : statement.Parameter(limit, NpgsqlTypes.NpgsqlDbType.Integer);

    /// <summary>A number that is the same in every statement.</summary>
    public static string Constant(int limit) => limit.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
