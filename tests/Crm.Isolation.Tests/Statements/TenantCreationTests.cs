using System.Net;
using Crm.Api.Hosting;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Statements;

public sealed class TenantCreationTests : IAsyncLifetime
{
    private readonly SqlRecorder _recorder = new();
    private ApiHost _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiHost.StartAsync(
        (services, database) => services.AddSingleton(_ => _recorder.Watch(database.AppConnectionString)), app => app.UseCrm(), ("Jobs:Concurrency", "0"), ("Mail:PollInterval", "00:01:00"));

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _recorder.Dispose();
    }

    [Fact]
    public async Task A_tenant_is_made_with_a_constant_number_of_trips_however_many_there_are()
    {
        var (email, password) = ("olga@host.example", ApiHost.NewPassword());
        await using (var scope = _api.Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<Application.Authorization.ICallerSetter>().Set(Application.Authorization.CallerIdentity.System("test"));
            await scope.ServiceProvider.GetRequiredService<MediatR.IMediator>().Send(new Application.Identity.CreateAdmin(null, email, "Olga", password), TestContext.Current.CancellationToken);
        }

        var token = (string)(await _api.CreateClient().SendAsync("POST", "/api/v1/auth/sign-in", new { email, password })).Body!["accessToken"]!;
        var client = _api.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await CreateAsync("tenant-first");
        var few = await CreateAsync("tenant-second");
        await using (var superuser = await SqlExtensions.OpenAsync(_api.Database.SuperConnectionString))
            await superuser.RunAsync("INSERT INTO tenants (id, identifier, name) SELECT gen_random_uuid(), 'crowd-' || i, 'Crowd' FROM generate_series(1, 2000) i");
        var many = await CreateAsync("tenant-third");

        // Whether the session is live is asked again once a second.
        many.ShouldBeInRange(few - 1, few + 1);
        many.ShouldBeLessThanOrEqualTo(25);

        async Task<int> CreateAsync(string identifier)
        {
            _recorder.Take();
            var answer = await client.SendAsync("POST", "/api/v1/host/tenants", new
            {
                identifier,
                name = "New",
                admin = new { email = $"{identifier}@people.example", name = "Olive", password = ApiHost.NewPassword() },
            });
            answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
            return _recorder.Take().Count;
        }
    }
}
