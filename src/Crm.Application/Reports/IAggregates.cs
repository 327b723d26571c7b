namespace Crm.Application.Reports;

/// <summary>Figures over records, made by the database in one round trip.</summary>
public interface IAggregates
{
    /// <summary>Makes the figures. Sums of money are made per currency: a group holds one row for each.</summary>
    /// <exception cref="Domain.Common.InvalidException">There are more groups than an answer holds.</exception>
    Task<AggregateResult> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken);
}
