using Crm.Domain.Common;

namespace Crm.Application.Persistence;

/// <summary>Tells failures of what the system stands on in the system's own terms, whichever way they came up through.</summary>
public interface IFailureTranslator
{
    /// <summary>Translates a failure.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <returns>What to tell instead; <c>null</c> when it is a fault of the system's own.</returns>
    CrmException? Translate(Exception failure);
}
