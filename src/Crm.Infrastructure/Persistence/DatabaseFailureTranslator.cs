using Crm.Application.Persistence;
using Crm.Domain.Common;

namespace Crm.Infrastructure.Persistence;

/// <summary>Translates what came up from the database, by whichever way it was accessed.</summary>
[Singleton]
internal sealed class DatabaseFailureTranslator : IFailureTranslator
{
    public CrmException? Translate(Exception failure) => DatabaseErrors.Translate(failure);
}
