using Crm.Domain.Common;

namespace Crm.Domain.Deals;

/// <summary>One entry of a deal's stage history: it came from one stage into another. Never changed once written.</summary>
public sealed class StageChange : Entity
{
    /// <summary>The deal.</summary>
    public Guid DealId { get; init; }

    /// <summary>The stage it left; <c>null</c> for its first.</summary>
    public Guid? FromStageId { get; init; }

    /// <summary>The stage it entered.</summary>
    public Guid ToStageId { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; init; }
}
