using Crm.Domain.Common;
using Crm.Domain.Pipelines;

namespace Crm.Domain.Deals;

/// <summary>A sale in the making. It stands in one stage of one pipeline, and the stage's kind decides its status.</summary>
public sealed class Deal : Record
{
    /// <summary>What is being sold to whom, in one line.</summary>
    public string Name { get; set; } = "";

    /// <summary>The pipeline, always that of the stage.</summary>
    public Guid PipelineId { get; private set; }

    /// <summary>The stage it stands in.</summary>
    public Guid StageId { get; private set; }

    /// <summary><c>open</c>, <c>won</c> or <c>lost</c>: the kind of its stage.</summary>
    public string Status { get; private set; } = StageKinds.Open;

    /// <summary>What it is worth; <c>null</c> while unknown.</summary>
    public Money? Amount { get; set; }

    /// <summary>How likely it is won, in percent: the stage's unless someone knows better.</summary>
    public int Probability { get; set; }

    /// <summary>Amount × probability, rounded half up to the minor unit; made by the database.</summary>
    public Money? WeightedAmount { get; private set; }

    /// <summary>The day work on it began.</summary>
    public DateOnly? EngageDate { get; set; }

    /// <summary>The day it is expected to close, or closed.</summary>
    public DateOnly? CloseDate { get; set; }

    /// <summary>Why it was won or lost.</summary>
    public string? CloseReason { get; set; }

    /// <summary>When it came into its present stage, UTC.</summary>
    public DateTimeOffset StageChangedAt { get; private set; }

    /// <summary>Where it stands within its stage on the board; see <see cref="Rank"/>.</summary>
    public string BoardRank { get; private set; } = "";

    /// <summary>The company that would buy.</summary>
    public Guid? CompanyId { get; set; }

    /// <summary>The person to talk to.</summary>
    public Guid? ContactId { get; set; }

    /// <summary>What would be bought.</summary>
    public Guid? ProductId { get; set; }

    /// <summary>The identity it had in the system it came from; unique among live deals.</summary>
    public string? ExternalId { get; set; }

    /// <summary>Free text.</summary>
    public string? Description { get; set; }

    /// <summary>Labels, unique within the record.</summary>
    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>Puts the deal in its first stage, at the end of the column.</summary>
    public StageChange Open(Stage stage, DateTimeOffset now)
    {
        BoardRank = Rank.Last(Id);
        return Enter(stage, from: null, now);
    }

    /// <summary>
    /// Moves the deal to another stage, to the end of the column: status and probability follow the stage. A deal that is open again
    /// forgets why
    /// it was closed.
    /// </summary>
    public StageChange? MoveTo(Stage stage, DateTimeOffset now)
    {
        if (stage.Id == StageId)
            return null;

        if (stage.Kind == StageKinds.Open && Status != StageKinds.Open)
            CloseReason = null;
        BoardRank = Rank.Last(Guid.CreateVersion7(now));
        return Enter(stage, StageId, now);
    }

    /// <summary>Refuses a probability that contradicts a closed stage: forecasts weigh amounts by it.</summary>
    /// <exception cref="InvalidException">A won deal is not certain, or a lost one not impossible.</exception>
    public void DemandProbabilityOfStage()
    {
        if ((Status == StageKinds.Won && Probability != 100) || (Status == StageKinds.Lost && Probability != 0))
            throw new InvalidException([StageErrors.FixedProbability]);
    }

    /// <summary>Gives the deal its place within the stage; only this deal changes.</summary>
    public void PlaceAt(string rank) => BoardRank = rank;

    private StageChange Enter(Stage stage, Guid? from, DateTimeOffset now)
    {
        PipelineId = stage.PipelineId;
        StageId = stage.Id;
        Status = stage.Kind;
        Probability = stage.Probability;
        StageChangedAt = now;
        return new StageChange { DealId = Id, FromStageId = from, ToStageId = stage.Id, At = now };
    }
}
