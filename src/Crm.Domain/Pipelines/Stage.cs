using Crm.Domain.Common;

namespace Crm.Domain.Pipelines;

/// <summary>One step of a pipeline. Its kind decides what becomes of a deal that is moved to it.</summary>
public sealed class Stage : Record
{
    /// <summary>The pipeline it belongs to; never changes.</summary>
    public Guid PipelineId { get; set; }

    /// <summary>The name it goes by; unique within the pipeline.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it stands in the pipeline, from 0.</summary>
    public int Position { get; set; }

    /// <summary>One of <see cref="StageKinds"/>.</summary>
    public string Kind { get; set; } = StageKinds.Open;

    /// <summary>How likely a deal in this stage is won, in percent, 0–100.</summary>
    public int Probability { get; set; }
}
