using Crm.Application.Records;
using Crm.Domain.Companies;
using Crm.Domain.Contacts;
using Crm.Domain.Deals;
using Crm.Domain.Pipelines;
using Crm.Domain.Products;

namespace Crm.Application.Deals;

/// <summary>What a deal is to the API.</summary>
public sealed class DealRecord : RecordType<Deal>
{
    /// <summary>Declares the fields.</summary>
    public DealRecord()
        : base("deal", "deals")
    {
        IsLimitedByPlan = IsHandedOver = true;
        Text(d => d.Name).AtMost(200).Required().FoldedInto("NameLower").Identifying().Described("What is being sold to whom, in one line.");
        Refer(d => d.PipelineId, "pipeline", typeof(Pipeline)).WrittenByRules().Described("The pipeline, always that of the stage.");
        Refer(d => d.StageId, "stage", typeof(Stage)).WrittenByRules().Telling("status", "pipelineId").Described("The stage it stands in; changing it moves the deal.");
        Choice(d => d.Status, StageKinds.All).Described("The kind of its stage.");
        Declare(d => d.Amount, FieldKind.Money).Described("What it is worth.");
        Declare(d => d.Probability, FieldKind.Integer).Between(0, 100).Telling("status").Described("How likely it is won, in percent; the stage's unless set.");
        Declare(d => d.WeightedAmount, FieldKind.Money).Telling("amount", "probability", "status").Described("Amount times probability.");
        Declare(d => d.EngageDate, FieldKind.Date).Described("The day work on it began.");
        Declare(d => d.CloseDate, FieldKind.Date).Described("The day it is expected to close, or closed.");
        Text(d => d.CloseReason).AtMost(500, multiLine: true).Described("Why it was won or lost.");
        Declare(d => d.StageChangedAt, FieldKind.Timestamp).Described("When it came into its present stage.");
        Text(d => d.BoardRank).Described("Where it stands within its stage on the board, compared bytewise.");
        Refer(d => d.CompanyId, "company", typeof(Company)).Described("The company that would buy.");
        Refer(d => d.ContactId, "contact", typeof(Contact)).Described("The person to talk to.");
        Refer(d => d.ProductId, "product", typeof(Product)).Described("What would be bought.");
        Text(d => d.ExternalId).AtMost(100).Unique().Described("The identity it had in the system it came from; unique among live deals.");
        Text(d => d.Description).AtMost(10_000, multiLine: true).NotIndexed().Described("Free text.");
        Declare(d => d.Tags, FieldKind.Tags).AtMost(50).ListedIn("deal_tags").Described("Labels.");
    }
}
