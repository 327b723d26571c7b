using Crm.Application.Records;
using Crm.Domain.Pipelines;

namespace Crm.Application.Pipelines;

/// <summary>What a pipeline is to the API.</summary>
public sealed class PipelineRecord : RecordType<Pipeline>
{
    /// <summary>Declares the fields.</summary>
    public PipelineRecord()
        : base("pipeline", "pipelines")
    {
        IsHandedOver = true;
        Text(p => p.Name).AtMost(100).Required().FoldedInto("NameLower").Unique().Described("The name it goes by; unique among live pipelines.");
        Declare(p => p.Position, FieldKind.Integer).Between(0, 10_000).Described("Where it stands among the tenant's pipelines, from 0.");
    }
}
