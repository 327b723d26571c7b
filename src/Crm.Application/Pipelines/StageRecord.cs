using Crm.Application.Records;
using Crm.Domain.Pipelines;

namespace Crm.Application.Pipelines;

/// <summary>What a stage is to the API.</summary>
public sealed class StageRecord : RecordType<Stage>
{
    /// <summary>Declares the fields.</summary>
    public StageRecord()
        : base("stage", "stages", permissions: "pipelines")
    {
        IsHandedOver = true;
        Refer(s => s.PipelineId, "pipeline", typeof(Pipeline)).Required().OnlyOnCreate().Described("The pipeline it belongs to.");
        Text(s => s.Name).AtMost(100).Required().FoldedInto("NameLower").Identifying().Described("The name it goes by; unique within the pipeline.");
        Declare(s => s.Position, FieldKind.Integer).Between(0, 10_000).Described("Where it stands in the pipeline, from 0.");
        Choice(s => s.Kind, StageKinds.All).OnlyOnCreate().Described("What becomes of a deal that is moved here.");
        Declare(s => s.Probability, FieldKind.Integer).Between(0, 100).Described("How likely a deal in this stage is won, in percent.");
    }
}
