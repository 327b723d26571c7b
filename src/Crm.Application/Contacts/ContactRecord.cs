using Crm.Application.Records;
using Crm.Domain.Common;
using Crm.Domain.Companies;
using Crm.Domain.Contacts;

namespace Crm.Application.Contacts;

/// <summary>What a contact is to the API.</summary>
public sealed class ContactRecord : RecordType<Contact>
{
    /// <summary>Declares the fields.</summary>
    public ContactRecord()
        : base("contact", "contacts")
    {
        IsLimitedByPlan = IsHandedOver = true;
        Text(c => c.FirstName).AtMost(100).Telling("name").Described("Given name.");
        Text(c => c.LastName).AtMost(100).Telling("name").Described("Family name.");
        Text(c => c.Name).FoldedInto("NameLower").Identifying().Telling("firstName", "lastName", "email", "emails").Described("Given and family name as one text; the e-mail address of one without a name.");
        Text(c => c.JobTitle).AtMost(150).Described("What the person does at the company.");
        Declare(c => c.Emails, FieldKind.Emails).AtMost(EmailAddress.MaxLength).ListedIn("contact_emails").Identifying().Telling("email").Described("E-mail addresses; the first one is the one to write to.");
        Text(c => c.Email).FoldedInto("EmailLower").Identifying().Telling("emails").Described("The first of the e-mail addresses.");
        Declare(c => c.Phones, FieldKind.Phones).AtMost(50).Telling("phone").Described("Telephone numbers; the first one is the one to call.");
        Text(c => c.Phone).NotIndexed().Telling("phones").Described("The first of the telephone numbers.");
        Declare(c => c.Addresses, FieldKind.Addresses).AtMost(500).Described("Postal addresses.");
        Choice(c => c.LifecycleStage, LifecycleStages.All).Described("How far the relation has come.");
        Refer(c => c.CompanyId, "company", typeof(Company)).Described("The company the person works for.");
        Text(c => c.Description).AtMost(10_000, multiLine: true).NotIndexed().Described("Free text.");
        Declare(c => c.Tags, FieldKind.Tags).AtMost(50).ListedIn("contact_tags").Described("Labels.");
    }
}
