using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Companies;

namespace Crm.Application.Companies;

/// <summary>What a company is to the API.</summary>
public sealed class CompanyRecord : RecordType<Company>
{
    /// <summary>Declares the fields.</summary>
    public CompanyRecord()
        : base("company", "companies")
    {
        IsLimitedByPlan = IsHandedOver = true;
        Text(c => c.Name).AtMost(200).Required().FoldedInto("NameLower").Identifying().Described("The name it goes by.");
        Text(c => c.Domain).AtMost(253).LowerCased().Identifying().Described("Its web domain, such as example.com, in lower case.");
        Text(c => c.Industry).AtMost(100).Described("The line of business.");
        Declare(c => c.Employees, FieldKind.Integer).Between(0, 100_000_000).Described("How many people work there.");
        Declare(c => c.AnnualRevenue, FieldKind.Money).Described("Revenue in the last full year.");
        Declare(c => c.FoundedYear, FieldKind.Integer).Between(1, 9999).Described("The year it was founded.");
        Text(c => c.Phone).AtMost(50).NotIndexed().Described("Telephone number.");
        Text(c => c.Street).AtMost(200, multiLine: true).NotIndexed().Described("Street and number.");
        Text(c => c.City).AtMost(100).Described("Town or city.");
        Text(c => c.Region).AtMost(100).Described("State, province or county.");
        Text(c => c.PostalCode).AtMost(20).Described("Postal or ZIP code.");
        Text(c => c.Country).AtMost(100).Described("The country as the tenant writes it.");
        Choice(c => c.LifecycleStage, LifecycleStages.All).Described("How far the relation has come.");
        Refer(c => c.ParentId, "parent", typeof(Company)).Hierarchy(levels: 20).Described("The company it is a subsidiary of.");
        Text(c => c.Description).AtMost(10_000, multiLine: true).NotIndexed().Described("Free text.");
        Declare(c => c.Tags, FieldKind.Tags).AtMost(50).ListedIn("company_tags").Described("Labels.");
    }
}
