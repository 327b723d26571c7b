using Crm.Application.Authorization;
using Crm.Application.MultiTenancy;
using Crm.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Application.Tests.Pipeline;

/// <summary>The whole composition on a real database, with the requests of these tests beside the system's own.</summary>
public sealed class PipelineFixture : IAsyncLifetime
{
    public ApiHost Api { get; private set; } = null!;

    public CrmTenantInfo Alpha { get; private set; } = null!;

    public CrmTenantInfo Beta { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync(services =>
        {
            foreach (var handler in typeof(PipelineFixture).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false }))
            {
                foreach (var contract in handler.GetInterfaces().Where(i => i.IsGenericType && (i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>) || i.GetGenericTypeDefinition() == typeof(FluentValidation.IValidator<>))))
                    services.AddScoped(contract, handler);
            }
        });
        Alpha = await TenantAsync("alpha");
        Beta = await TenantAsync("beta");
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();

    /// <summary>Sends a request as a user with certain permissions.</summary>
    public Task<T> SendAsync<T>(IRequest<T> request, CrmTenantInfo? tenant, IEnumerable<string>? permissions) =>
        SendAsync(request, tenant, permissions, TestContext.Current.CancellationToken);

    /// <summary>Sends a request that its caller can break off.</summary>
    public async Task<T> SendAsync<T>(IRequest<T> request, CrmTenantInfo? tenant, IEnumerable<string>? permissions, CancellationToken cancellationToken)
    {
        await using var scope = Api.Services.CreateAsyncScope();
        if (permissions is not null)
            scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(new CallerIdentity("user", null, false, "tester", permissions.ToHashSet(), "test-trace"));
        using var within = tenant is null ? null : Api.Services.GetRequiredService<ITenantScope>().Use(tenant);
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, cancellationToken);
    }

    private async Task<CrmTenantInfo> TenantAsync(string identifier)
    {
        await Api.CreateTenantAsync(identifier);
        return (await Api.Services.GetRequiredService<IMultiTenantStore>().GetByIdentifierAsync(identifier, CancellationToken.None))!;
    }
}
