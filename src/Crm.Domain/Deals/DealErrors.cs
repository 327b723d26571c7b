using Crm.Domain.Common;

namespace Crm.Domain.Deals;

/// <summary>What can be wrong with a request about deals.</summary>
public static class DealErrors
{
    /// <summary>The stage is not one of the tenant's.</summary>
    public static InvalidException UnknownStage() =>
        new([FieldError.At("/stageId", "reference_not_found", "There is no such stage.")]);

    /// <summary>No stage was named and the tenant has no open stage to begin in.</summary>
    public static InvalidException NoStageToBeginIn() =>
        new([FieldError.At("/stageId", "required", "Name a stage: the tenant has no pipeline with an open stage to begin in.")]);

    /// <summary>The pipeline is not one of the tenant's, or has no stages.</summary>
    public static InvalidException UnknownPipeline() =>
        new([FieldError.At("/pipelineId", "reference_not_found", "There is no such pipeline with stages.")]);

    /// <summary>The pipeline named is not the one the stage belongs to.</summary>
    public static InvalidException StageOfOtherPipeline() =>
        new([FieldError.At("/pipelineId", "contradiction", "The stage belongs to another pipeline.")]);

    /// <summary>The neighbour named does not stand in the stage the deal is moved to.</summary>
    public static InvalidException NotANeighbour(string member) =>
        new([FieldError.At("/" + member, "reference_not_found", "There is no such deal in that stage.")]);

    /// <summary>The two neighbours named are not in order on the board.</summary>
    public static ConflictException NeighboursNotInOrder() =>
        new("neighbours_not_in_order", "The card named in afterId does not stand above the one named in beforeId; read the board again.");
}
