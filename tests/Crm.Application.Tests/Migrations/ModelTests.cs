using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Migrations;

public sealed class ModelTests
{
    private const string Columns = """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped
        """;

    [Fact]
    public async Task Every_mapped_column_is_in_the_migrated_schema_with_the_same_type_and_nullability()
    {
        await using var database = await TestDatabase.CreateAsync();
        var columns = await ReadColumnsAsync(database.OwnerConnectionString);
        await using var context = new CrmDbContext(new DbContextOptionsBuilder<CrmDbContext>().UseNpgsql(database.OwnerConnectionString).Options);
        var model = context.Model.GetRelationalModel();

        var mapped = model.Tables.SelectMany(table => table.Columns.Select(column => (Table: table.Name, Column: (IColumnBase)column, IsView: false)))
            .Concat(model.Views.SelectMany(view => view.Columns.Select(column => (Table: view.Name, Column: (IColumnBase)column, IsView: true))))
            .ToList();
        mapped.Count.ShouldBeGreaterThan(100);
        var wrong = mapped.Select(m => Fault(m.Table, m.Column, m.IsView, columns)).OfType<string>();
        wrong.ShouldBeEmpty();
    }

    private static string? Fault(string table, IColumnBase column, bool isView, Dictionary<(string, string), (string Type, bool IsNullable)> columns)
    {
        var name = $"{table}.{column.Name}";
        if (!columns.TryGetValue((table, column.Name), out var real))
            return $"{name} is mapped but not in the schema";
        if (real.Type != column.StoreType)
            return $"{name} is {real.Type} in the schema and {column.StoreType} in the model";
        // PostgreSQL does not say of a view's column whether it can be null.
        return isView || real.IsNullable == column.IsNullable
            ? null
            : $"{name} is {(real.IsNullable ? "nullable" : "not nullable")} in the schema but not in the model";
    }

    private static async Task<Dictionary<(string, string), (string Type, bool IsNullable)>> ReadColumnsAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(Columns);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var columns = new Dictionary<(string, string), (string, bool)>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            columns[(reader.GetString(0), reader.GetString(1))] = (reader.GetString(2), reader.GetBoolean(3));
        return columns;
    }
}
