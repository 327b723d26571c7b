using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Records;
using Crm.Application.Teams;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Api.Teams;

/// <summary>Teams and who is in them.</summary>
internal sealed class TeamEndpoints : IEndpointGroup
{
    private const string Members = "/api/v1/admin/teams/{id}/members";

    public static void Map(IEndpointRouteBuilder app)
    {
        var types = app.ServiceProvider.GetRequiredService<RecordModel>();
        var (team, user) = (types.Of(typeof(Team)), types.Of(typeof(Member)));
        app.MapRecords<Team>()
            .List(query => new ListTeams(query))
            .Query(query => new QueryTeams(query))
            .Get((id, selection) => new GetTeam(id, selection))
            .Create(input => new CreateTeam(input))
            .Update((id, input, version) => new UpdateTeam(id, input, version))
            .Delete((id, version, purge) => new DeleteTeam(id, version, purge))
            .Restore((id, version) => new RestoreTeam(id, version));
        app.MapOperation("GET", Members, new Operation(typeof(ListTeamMembers), "List the users in a team.", OperationKind.List)
        {
            Record = user,
            QueryParameters = RecordQueryReader.Parameters,
            TakesFilters = true,
        }, async context =>
        {
            var query = context.QueryReader(user).ReadParameters(context.Request.Query.Select(p => KeyValuePair.Create(p.Key, p.Value.OfType<string>().ToArray())));
            await context.WritePageAsync(await context.SendAsync(new ListTeamMembers(context.ReadId(team), query)));
        }).WithTags(team.Plural);
        MapMember(app, "PUT", typeof(AddTeamMember), "Put a user in a team; one who is in it stays.", ["team_full", "too_many_teams"], (id, userId) => new AddTeamMember(id, userId));
        MapMember(app, "DELETE", typeof(RemoveTeamMember), "Take a user out of a team.", [], (id, userId) => new RemoveTeamMember(id, userId));

        void MapMember(IEndpointRouteBuilder app, string method, Type request, string summary, IReadOnlyList<string> conflicts, Func<Guid, Guid, IRequest<Unit>> create) =>
            app.MapOperation(method, Members + "/{userId}", new Operation(request, summary)
            {
                Record = team,
                SuccessStatus = StatusCodes.Status204NoContent,
                Conflicts = conflicts,
            }, async context =>
            {
                await context.SendAsync(create(context.ReadId(team), context.ReadId(user, "userId")));
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }).WithTags(team.Plural);
    }
}
