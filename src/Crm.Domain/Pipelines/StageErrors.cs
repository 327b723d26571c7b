using Crm.Domain.Common;

namespace Crm.Domain.Pipelines;

/// <summary>What can be wrong with a stage.</summary>
public static class StageErrors
{
    /// <summary>A closed stage was given a probability that is not the one it has by its kind.</summary>
    public static FieldError FixedProbability { get; } =
        FieldError.At("/probability", "fixed_probability", "A deal in a won stage is certain (100), in a lost one it is not (0).");
}
