using Crm.Domain.Common;

namespace Crm.Application.Persistence;

/// <summary>Tells failures of what the system stands on in the system's own terms, whichever way they came up through.</summary>
public interface IFailureTranslator
{
    /// <summary>Translates a failure.</summary>
    CrmException? Translate(Exception failure);
}
