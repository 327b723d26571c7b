using System.Collections.Frozen;
using Crm.Application.Caching;
using Crm.Application.Records;
using Crm.Domain.Deals;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using NpgsqlTypes;

namespace Crm.Infrastructure.Persistence.Records;

/// <summary>A column of a record's table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Nullable">Whether it can be NULL.</param>
internal sealed record Column(string Name, NpgsqlDbType Type, bool Nullable);

/// <summary>Where a field is kept: one column, or two for money.</summary>
/// <param name="Value">The column; for money that of the minor units.</param>
/// <param name="Currency">The column of the currency; <c>null</c> but for money.</param>
/// <param name="Folded">The stored twin in lower case; <c>null</c> when there is none.</param>
internal sealed record FieldColumns(Column Value, Column? Currency, Column? Folded);

/// <summary>Where a record type is kept: its description joined with the EF model.</summary>
internal sealed class RecordTable
{
    private readonly FrozenDictionary<Field, FieldColumns> _columns;

    public RecordTable(RecordType type, IModel model)
    {
        Type = type;
        var entity = model.FindEntityType(type.EntityType) ?? throw new InvalidOperationException($"{type.EntityType.Name} is not mapped.");
        Name = entity.GetTableName() ?? entity.GetViewName()!;
        Writes = entity.GetTableName() is null ? [] : WrittenColumn.Of(entity);
        _columns = type.Fields.ToFrozenDictionary(f => f, f => ColumnsOf(f, entity));
    }

    /// <summary>The record type.</summary>
    public RecordType Type { get; }

    /// <summary>The table's name, or the view's.</summary>
    public string Name { get; }

    /// <summary>The columns the application writes, in a fixed order; none for a view.</summary>
    public IReadOnlyList<WrittenColumn> Writes { get; }

    /// <summary>Where a field is kept.</summary>
    public FieldColumns this[Field field] => _columns[field];

    private static FieldColumns ColumnsOf(Field field, IEntityType entity)
    {
        if (field.Kind == FieldKind.Money)
        {
            var money = entity.FindComplexProperty(field.Property.Name)!.ComplexType;
            return new FieldColumns(
                new Column(money.FindProperty("Minor")!.GetColumnName(), NpgsqlDbType.Bigint, Nullable: true),
                new Column(money.FindProperty("Currency")!.GetColumnName(), NpgsqlDbType.Text, Nullable: true),
                null);
        }

        var property = entity.FindProperty(field.Property.Name)!;
        var folded = field.LowerCaseTwin is { } twin ? new Column(entity.FindProperty(twin)!.GetColumnName(), NpgsqlDbType.Text, property.IsNullable) : null;
        return new FieldColumns(new Column(property.GetColumnName(), TypeOf(field.Kind), property.IsNullable), null, folded);
    }

    /// <summary>The type of the column that keeps a kind of field.</summary>
    public static NpgsqlDbType TypeOf(FieldKind kind) => kind switch
    {
        FieldKind.Id => NpgsqlDbType.Uuid,
        FieldKind.Integer => NpgsqlDbType.Integer,
        FieldKind.Money => NpgsqlDbType.Bigint,
        FieldKind.Boolean => NpgsqlDbType.Boolean,
        FieldKind.Date => NpgsqlDbType.Date,
        FieldKind.Timestamp => NpgsqlDbType.TimestampTz,
        FieldKind.Tags => NpgsqlDbType.Array | NpgsqlDbType.Text,
        FieldKind.Emails or FieldKind.Phones or FieldKind.Addresses or FieldKind.Rules => NpgsqlDbType.Jsonb,
        _ => NpgsqlDbType.Text,
    };
}

/// <summary>All record tables, joined with the EF model once.</summary>
[Singleton]
internal sealed class RecordTables
{
    private readonly FrozenDictionary<RecordType, RecordTable> _tables;
    private const int MaxPlans = 2000;
    private readonly BoundedMap<(string Signature, string Root), SelectPlan> _plans = new(MaxPlans);
    private readonly FrozenDictionary<Type, (string Table, IReadOnlyList<WrittenColumn> Columns)> _companions;

    public RecordTables(RecordModel types, IDbContextFactory<CrmDbContext> contexts)
    {
        Types = types;
        using var context = contexts.CreateDbContext();
        var model = context.Model;
        _tables = types.All.ToFrozenDictionary(t => t, t => new RecordTable(t, model));
        _companions = new[] { typeof(StageChange) }.ToFrozenDictionary(t => t, t => (model.FindEntityType(t)!.GetTableName()!, WrittenColumn.Of(model.FindEntityType(t)!)));
    }

    /// <summary>All record types.</summary>
    public RecordModel Types { get; }

    /// <summary>
    /// The plan of a selection, made once. Clients choose selections, so what is kept is bounded, and those not asked for any more make
    /// room.
    /// </summary>
    public SelectPlan PlanOf(RecordSelection selection, string root = JoinPlan.Root)
    {
        var key = (selection.Signature, root);
        if (_plans.TryGet(key, out var plan))
            return plan;
        plan = SelectPlan.Make(this, selection, root);
        _plans.Set(key, plan);
        return plan;
    }

    /// <summary>Where an entity is kept that is written together with a record.</summary>
    public (string Table, IReadOnlyList<WrittenColumn> Columns) Companion(Type entity) => _companions[entity];

    /// <summary>Where a record type is kept.</summary>
    public RecordTable this[RecordType type] => _tables[type];
}
