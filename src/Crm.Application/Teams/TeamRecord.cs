using Crm.Application.Records;
using Crm.Domain.Identity;

namespace Crm.Application.Teams;

/// <summary>What a team is to the API.</summary>
public sealed class TeamRecord : RecordType<Team>
{
    /// <summary>Declares the fields.</summary>
    public TeamRecord()
        : base("team", "teams", writersDelete: true)
    {
        IsAdministration = true;
        Text(t => t.Name).AtMost(100).Required().FoldedInto("NameLower").Unique().Described("The name it goes by; unique among live teams, whatever the case.");
        Text(t => t.Description).AtMost(1000, multiLine: true).NotIndexed().Described("What it is for.");
    }
}
