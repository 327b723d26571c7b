namespace Crm.Application.Audit;

/// <summary>
/// Counts what callers were refused. An entry is written for each caller, request and code at most once a minute, with the number of times,
/// so
/// that nobody fills the log or slows anything down by being refused.
/// </summary>
public interface IDenials
{
    /// <summary>
    /// Counts a refusal of the present caller, when it is one of those that are kept: 403, and 404 of a known caller. Ids that are not
    /// there are all alike.
    /// </summary>
    void Count(Exception refusal, string request, Guid? tenantId);

    /// <summary>
    /// Counts an attempt to prove who somebody is that was refused because there were too many. It goes to the host's log: nobody is signed
    /// in yet.
    /// </summary>
    void CountAttempt(string request);
}
