using System.Linq.Expressions;
using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>
/// The members of a body that was checked against a record type's description: which fields were sent, with values of their own types.
/// </summary>
/// <typeparam name="TRecord">The entity.</typeparam>
public sealed class RecordInput<TRecord>
    where TRecord : Record
{
    internal RecordInput(RecordType description, IReadOnlyList<KeyValuePair<Field, object?>> values)
    {
        Description = description;
        Values = values;
    }

    /// <summary>The description it was checked against.</summary>
    public RecordType Description { get; }

    /// <summary>The fields that were sent and their values, in the order of the body.</summary>
    public IReadOnlyList<KeyValuePair<Field, object?>> Values { get; }

    /// <summary>The id the client chose, or a new one.</summary>
    public Guid Id => TryGet(r => r.Id, out var id) ? id : Guid.CreateVersion7();

    /// <summary>Whether a field was sent, and what it holds.</summary>
    /// <typeparam name="TValue">The property's type.</typeparam>
    public bool TryGet<TValue>(Expression<Func<TRecord, TValue>> property, out TValue value)
    {
        var name = ((MemberExpression)property.Body).Member.Name;
        foreach (var (field, sent) in Values)
        {
            if (field.Property.Name == name)
            {
                value = (TValue)sent!;
                return true;
            }
        }

        value = default!;
        return false;
    }

    /// <summary>Sets every field that was sent, except those the entity sets by its own rules.</summary>
    public void ApplyTo(TRecord entity)
    {
        foreach (var (field, value) in Values)
        {
            if (!field.SetByRules && field.Name != "id")
                field.Set(entity, value is PartialMoney part ? part.Complete((Money?)field.Get(entity), "/" + field.Name) : value);
        }
    }
}
