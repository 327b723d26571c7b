using Crm.Domain.Common;

namespace Crm.Infrastructure.Secrets;

/// <summary>What is looked at before anything is served.</summary>
public interface IEncryptionStart
{
    /// <summary>
    /// Refuses to start without a key, without one that data keys are wrapped with, or on a development key where that will not do.
    /// </summary>
    /// <exception cref="CannotRunException">What is not; one sentence for the operator.</exception>
    Task VerifyAsync(CancellationToken cancellationToken);

    /// <summary>Tells whether a start would be refused; settles nothing, as the first start settles which key is used.</summary>
    /// <exception cref="CannotRunException">What is not; one sentence for the operator.</exception>
    Task LookAsync(CancellationToken cancellationToken);
}
