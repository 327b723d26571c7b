using Crm.Domain.Common;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Migrations;

public sealed class DatabaseChecksTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public Task The_application_s_own_role_on_a_migrated_schema_is_accepted() =>
        Should.NotThrowAsync(() => DatabaseChecks.VerifyAsync(_database.AppConnectionString, Cancellation));

    [Fact]
    public Task A_superuser_is_refused() => RefusesAsync(_database.SuperConnectionString, "role_too_powerful");

    [Fact]
    public Task The_owner_of_the_tables_is_refused() => RefusesAsync(_database.OwnerConnectionString, "role_owns_objects");

    [Fact]
    public Task A_server_that_does_not_answer_is_named_without_the_password() =>
        RefusesAsync("Host=127.0.0.1;Port=1;Username=crm_app;Password=hidden;Database=crm;Timeout=2", "database_unreachable", "127.0.0.1:1");

    [Fact]
    public Task A_text_that_is_no_connection_string_is_refused() => RefusesAsync("whatever", "connection_string_broken", "ConnectionStrings__Crm");

    private static async Task RefusesAsync(string connectionString, string code, string saying = "")
    {
        var refused = await Should.ThrowAsync<CannotRunException>(() => DatabaseChecks.VerifyAsync(connectionString, Cancellation));
        refused.Code.ShouldBe(code);
        refused.Message.ShouldContain(saying);
        refused.Message.ShouldNotContain("\n");
        refused.Message.ShouldNotContain("hidden");
    }
}
