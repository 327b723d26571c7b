using Crm.Domain.Common;

namespace Crm.Domain.Pipelines;

/// <summary>A way of selling: an ordered row of stages that a deal goes through.</summary>
public sealed class Pipeline : Record
{
    private readonly List<Stage> _stages = [];

    /// <summary>The name it goes by; unique among live pipelines.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it stands among the tenant's pipelines, from 0.</summary>
    public int Position { get; set; }

    /// <summary>Its stages; loaded only with the aggregate.</summary>
    public IReadOnlyList<Stage> Stages => _stages;

    /// <summary>Adds a stage behind the ones there are.</summary>
    public Stage AddStage(string name, string kind, int probability)
    {
        var stage = new Stage { PipelineId = Id, Name = name, Kind = kind, Position = _stages.Count, Probability = StageKinds.Probability(kind, probability) };
        _stages.Add(stage);
        return stage;
    }
}
