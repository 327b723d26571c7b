using System.Collections.Frozen;

namespace Crm.Application.Records;

/// <summary>All record types. Built once from the descriptions found in the assembly.</summary>
public sealed class RecordModel
{
    private readonly FrozenDictionary<string, RecordType> _byName;
    private readonly FrozenDictionary<Type, RecordType> _byEntity;

    /// <summary>Collects the descriptions and resolves their relations.</summary>
    public RecordModel(IEnumerable<RecordType> descriptions, TimeProvider? clock = null)
    {
        Clock = clock ?? TimeProvider.System;
        All = [.. descriptions.OrderBy(d => d.Name, StringComparer.Ordinal)];
        _byName = All.ToFrozenDictionary(d => d.Name);
        _byEntity = All.ToFrozenDictionary(d => d.EntityType);
        foreach (var description in All)
            description.Types = this;
        foreach (var relation in All.SelectMany(d => d.Relations))
            relation.Target = _byEntity[relation.TargetType];
    }

    /// <summary>Tells the time to the rules of fields that are about it.</summary>
    internal TimeProvider Clock { get; }

    /// <summary>All descriptions, by name.</summary>
    public IReadOnlyList<RecordType> All { get; }

    /// <summary>The description of an entity.</summary>
    public RecordType Of(Type entity) => _byEntity[entity];

    /// <summary>Finds the description of an entity.</summary>
    public RecordType? FindByEntity(Type entity) => _byEntity.GetValueOrDefault(entity);

    /// <summary>Finds a record type by its name in the API.</summary>
    public RecordType? Find(string name) => _byName.GetValueOrDefault(name);
}
