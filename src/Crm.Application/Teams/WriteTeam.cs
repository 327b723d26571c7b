using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Records;
using Crm.Domain.Identity;
using MediatR;

namespace Crm.Application.Teams;

/// <summary>Creates a team, without members.</summary>
/// <param name="Input">Its fields.</param>
[Requires("teams:write")]
public sealed record CreateTeam(RecordInput<Team> Input) : ICommand<RecordDocument>;

internal sealed class CreateTeamHandler(IRecordStore records) : IRequestHandler<CreateTeam, RecordDocument>
{
    public Task<RecordDocument> Handle(CreateTeam request, CancellationToken cancellationToken)
    {
        var team = new Team { Id = request.Input.Id };
        request.Input.ApplyTo(team);
        return records.CreateAsync(team, cancellationToken);
    }
}

/// <summary>Changes the fields of a team that were sent.</summary>
/// <param name="Id">The team.</param>
/// <param name="Input">The fields.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("teams:write")]
public sealed record UpdateTeam(Guid Id, RecordInput<Team> Input, int? ExpectedVersion) : ICommand<RecordDocument>;

internal sealed class UpdateTeamHandler(IRecordStore records) : IRequestHandler<UpdateTeam, RecordDocument>
{
    public Task<RecordDocument> Handle(UpdateTeam request, CancellationToken cancellationToken) =>
        records.UpdateAsync(request.Id, request.Input, request.ExpectedVersion, cancellationToken);
}

/// <summary>Puts a team in the trash, or removes it for good; its members share nothing by it any more.</summary>
/// <param name="Id">The team.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
/// <param name="Purge">Whether it is removed for good, with the places in it.</param>
[Requires("teams:write")]
public sealed record DeleteTeam(Guid Id, int? ExpectedVersion, bool Purge) : DeleteRecord<Team>(Id, ExpectedVersion, Purge);

/// <summary>Takes a team out of the trash, with the members it had.</summary>
/// <param name="Id">The team.</param>
/// <param name="ExpectedVersion">The version the client has read; <c>null</c> for any.</param>
[Requires("teams:write")]
public sealed record RestoreTeam(Guid Id, int? ExpectedVersion) : ICommand<RecordDocument>;

internal sealed class RestoreTeamHandler(IRecordStore records, RecordModel types, ICaller caller) : IRequestHandler<RestoreTeam, RecordDocument>
{
    public Task<RecordDocument> Handle(RestoreTeam request, CancellationToken cancellationToken)
    {
        caller.DemandAllRecords();
        return records.RestoreAsync(types.Of(typeof(Team)), request.Id, request.ExpectedVersion, cancellationToken);
    }
}
