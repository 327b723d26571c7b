using System.Net;
using Crm.Infrastructure.Persistence;
using Crm.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Isolation.Tests.Statements;

/// <summary>
/// A prepared statement is planned once only if PostgreSQL finds the generic plan as cheap as one made for the values. A parameter as LIMIT
/// counts as a tenth of the rows there: such a page is planned again at every request.
/// </summary>
[Collection(ManyRows.Name)]
public sealed class GenericPlanTests(ManyRowsFixture many)
{
    private const int Runs = 10;

    [Theory]
    [InlineData("contacts?limit=50")]
    [InlineData("contacts?limit=25&sort=name")]
    [InlineData("contacts?limit=100&sort=name&expand=company")]
    [InlineData("contacts?limit=50&filter[lifecycleStage]=customer&expand=company")]
    [InlineData("companies?limit=50")]
    [InlineData("deals?limit=100&filter[status]=open&count=estimated")]
    public async Task The_pool_prepares_a_page_and_plans_it_once_for_all_values(string question)
    {
        var tenant = await OrdinaryTenantAsync(question[..question.IndexOf('?', StringComparison.Ordinal)]);
        var trips = new List<SqlTrip>();
        for (var i = 0; i < Runs; i++)
        {
            var (answer, sent) = await many.AskAsync("GET", "/api/v1/" + question);
            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
            trips.Add(sent.ShouldHaveSingleItem());
        }

        var plans = await PlansAsync(trips, tenant);

        foreach (var statement in trips[0].Statements)
        {
            var (_, generic, custom) = plans.Where(p => p.Text == statement.Text).ShouldHaveSingleItem(
                $"The statement must be the same at every request, or it is never prepared: {statement.Text}");
            generic.ShouldBeGreaterThan(0, $"{custom} custom plans and no generic one: {statement.Text}");
        }
    }

    // The generic plan expects as many rows as tenants have on average. A tenant with half of all rows is right to prefer plans of its own.
    private async Task<Guid> OrdinaryTenantAsync(string table)
    {
        await using var superuser = await SqlExtensions.OpenAsync(many.Api.Database.SuperConnectionString);
        return await superuser.ScalarAsync<Guid>($"SELECT tenant_id FROM {table} GROUP BY tenant_id ORDER BY count(*), tenant_id LIMIT 1");
    }

    // What the API sent over some connections of its pool is sent once more over one that stays the same, in the name of the tenant.
    private async Task<List<(string Text, long Generic, long Custom)>> PlansAsync(List<SqlTrip> trips, Guid tenant)
    {
        await using var pool = DataSources.ForApplication(many.Api.Database.AppConnectionString + ";Maximum Pool Size=1");
        foreach (var trip in trips)
        {
            await using var batch = pool.CreateBatch();
            foreach (var (text, parameters) in trip.Statements)
            {
                var command = new NpgsqlBatchCommand(text);
                foreach (var parameter in parameters)
                    command.Parameters.Add(InNameOf(tenant, parameter));
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var connection = await pool.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await connection.ListAsync(
            "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements",
            row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
    }

    private NpgsqlParameter InNameOf(Guid tenant, NpgsqlParameter sent)
    {
        var parameter = sent.Clone();
        if (Equals(sent.Value, many.Tenant.Id))
            parameter.Value = tenant;
        else if (Equals(sent.Value, many.Tenant.Id.ToString()))
            parameter.Value = tenant.ToString();
        return parameter;
    }
}
