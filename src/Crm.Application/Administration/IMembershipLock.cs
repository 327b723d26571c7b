namespace Crm.Application.Administration;

/// <summary>
/// Makes those who add active members or API keys to the present tenant go one after the other, so that what one has counted still holds
/// when it is written.
/// </summary>
public interface IMembershipLock
{
    /// <summary>Waits for the others; holds until the end of the transaction.</summary>
    Task HoldAsync(CancellationToken cancellationToken);
}
