using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Application.Storage;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Application.Tenants;

/// <summary>Tells the operator how much of what a tenant has.</summary>
/// <param name="Id">The tenant.</param>
[HostScope]
public sealed record GetTenantUsage(Guid Id) : IQuery<TenantUsage>;

/// <summary>Tells a tenant's admins how much of what the tenant has, and how much it may have.</summary>
[Requires("settings:read")]
public sealed record GetUsage : IQuery<TenantUsage>;

/// <summary>How much of what a tenant has. Counted exactly at the time of the request.</summary>
/// <param name="Plan">The name of the plan.</param>
/// <param name="Limits">How much the tenant may have; what is null has no limit.</param>
/// <param name="Users">The users.</param>
/// <param name="Records">The records by type, such as <c>company</c>.</param>
/// <param name="RecordsTotal">The records that the limit is about: all, those in the trash included.</param>
/// <param name="StorageBytes">What the tenant's files take, in bytes.</param>
public sealed record TenantUsage(
    string Plan, TenantLimits Limits, UserCount Users, IReadOnlyDictionary<string, CountOfRecords> Records, long RecordsTotal, long StorageBytes);

/// <summary>How many users there are.</summary>
/// <param name="Active">Those who may use the tenant.</param>
/// <param name="Inactive">Those who were deactivated.</param>
public sealed record UserCount(long Active, long Inactive);

/// <summary>How many records of a type there are.</summary>
/// <param name="Live">Those that are not in the trash.</param>
/// <param name="InTrash">Those in the trash.</param>
public sealed record CountOfRecords(long Live, long InTrash);

/// <summary>Counts what the present tenant has.</summary>
public interface IUsageCounter
{
    /// <summary>Counts in one trip to the database.</summary>
    Task<(UserCount Users, IReadOnlyDictionary<string, CountOfRecords> Records)> CountAsync(CancellationToken cancellationToken);
}

internal sealed class GetUsageHandler(IMultiTenantStore tenants, IMultiTenantContextAccessor present, ITenantScope scope, IUsageCounter counter, ITenantFiles files)
    : IRequestHandler<GetTenantUsage, TenantUsage>, IRequestHandler<GetUsage, TenantUsage>
{
    public async Task<TenantUsage> Handle(GetTenantUsage request, CancellationToken cancellationToken)
    {
        var tenant = await tenants.GetAsync(request.Id, cancellationToken) ?? throw TenantErrors.NotFound();
        using var within = scope.Use(tenant);
        return await CountAsync(tenant, cancellationToken);
    }

    public Task<TenantUsage> Handle(GetUsage request, CancellationToken cancellationToken) =>
        CountAsync(present.MultiTenantContext.TenantInfo!, cancellationToken);

    private async Task<TenantUsage> CountAsync(CrmTenantInfo tenant, CancellationToken cancellationToken)
    {
        var (users, records) = await counter.CountAsync(cancellationToken);
        return new TenantUsage(tenant.Plan, tenant.Limits, users, records, records.Values.Sum(r => r.Live + r.InTrash), files.Measure());
    }
}
