using System.Collections.Frozen;

namespace Crm.Application.Records;

/// <summary>All record types. Built once from the descriptions found in the assembly.</summary>
public sealed class RecordTypes
{
    private readonly FrozenDictionary<string, RecordDescription> _byName;
    private readonly FrozenDictionary<Type, RecordDescription> _byEntity;

    /// <summary>Collects the descriptions and resolves their relations.</summary>
    public RecordTypes(IEnumerable<RecordDescription> descriptions, TimeProvider? clock = null)
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
    public IReadOnlyList<RecordDescription> All { get; }

    /// <summary>The description of an entity.</summary>
    public RecordDescription Of(Type entity) => _byEntity[entity];

    /// <summary>Finds the description of an entity.</summary>
    public RecordDescription? FindByEntity(Type entity) => _byEntity.GetValueOrDefault(entity);

    /// <summary>Finds a record type by its name in the API.</summary>
    public RecordDescription? Find(string name) => _byName.GetValueOrDefault(name);
}
