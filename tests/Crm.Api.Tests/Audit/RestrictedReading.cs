using Crm.Application.Audit;
using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Domain.ChangeLog;
using Crm.Domain.Identity;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Api.Tests.Audit;

/// <summary>Reads the log as somebody who may read only the own deals, and of these not the amount.</summary>
internal static class RestrictedReading
{
    public static async Task<IReadOnlyList<AuditEntry>> ListAsync(ApiHost api, TestTenant tenant, Guid userId)
    {
        await using var scope = api.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var grants = new RecordGrants(
            new Dictionary<string, IReadOnlyList<Guid>> { ["deals:read"] = [userId] }, new Dictionary<string, string> { ["deals.amount"] = FieldRules.None });
        services.GetRequiredService<ICallerSetter>().Set(
            new CallerIdentity(ActorTypes.User, userId, IsHostOperator: false, "auditor", new HashSet<string> { Permissions.ReadAudit, "deals:read", "pipelines:read" }, "test") { Grants = grants });
        var info = await services.GetRequiredService<IMultiTenantStore>().GetAsync(tenant.Id, TestContext.Current.CancellationToken);
        using (services.GetRequiredService<ITenantScope>().Use(info!))
            return (await services.GetRequiredService<IMediator>().Send(new ListAuditEntries(new AuditQuery { Limit = 200 }), TestContext.Current.CancellationToken)).Data;
    }
}
