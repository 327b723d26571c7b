using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Identity;
using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Api.Identity;

/// <summary>Invitations: made and managed by those who manage users, accepted by those who are invited.</summary>
internal sealed class InvitationEndpoints : IEndpointGroup
{
    private const string Collection = "/api/v1/invitations";

    public static void Map(IEndpointRouteBuilder app)
    {
        var type = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(Invitation));
        app.MapRecords<Invitation>()
            .List(query => new ListInvitations(query))
            .Query(query => new QueryInvitations(query))
            .Get((id, selection) => new GetInvitation(id, selection))
            .Delete((id, version, purge) => new RevokeInvitation(id, version, purge));
        app.MapOperation("POST", Collection, new Operation(typeof(InviteUser), "Invite a person to become a member of the tenant.", OperationKind.Create)
        {
            Record = type,
            Body = typeof(InviteUser),
            SuccessStatus = StatusCodes.Status201Created,
            Conflicts = ["already_member", "already_invited", "mailed_too_often"],
        }, async context =>
        {
            var invitation = await context.SendAsync(await context.ReadJsonAsync(IdentityJson.Default.InviteUser));
            context.Response.Headers.Location = $"{Collection}/{invitation.Id:D}";
            await context.WriteRecordAsync(invitation, StatusCodes.Status201Created);
        }).WithTags(type.Plural);
        app.MapOperation("POST", Collection + "/{id}/resend", new Operation(typeof(ResendInvitation), "Mail an invitation again, with a new link.")
        {
            Record = type,
            Conflicts = ["already_member", "mailed_too_often"],
        }, async context => await context.WriteRecordAsync(await context.SendAtVersionAsync(version => new ResendInvitation(context.ReadId(type), version)))).WithTags(type.Plural);
        app.MapOperation("POST", "/api/v1/auth/invitations/accept", new Operation(typeof(AcceptInvitation), "Become a member, by the link that was mailed.")
        {
            Body = typeof(AcceptInvitation),
            Answer = typeof(AcceptedInvitation),
        }, async context =>
        {
            var accepted = await context.SendAttemptAsync(await context.ReadJsonAsync(IdentityJson.Default.AcceptInvitation));
            await context.WriteJsonAsync(StatusCodes.Status200OK, accepted, IdentityJson.Default.AcceptedInvitation);
        });
    }
}
