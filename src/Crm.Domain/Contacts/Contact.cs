using Crm.Domain.Common;

namespace Crm.Domain.Contacts;

/// <summary>A person the tenant deals with, usually at a company.</summary>
public sealed class Contact : Record
{
    /// <summary>Given name.</summary>
    public string? FirstName { get; set; }

    /// <summary>Family name.</summary>
    public string? LastName { get; set; }

    /// <summary>Given and family name as one text, or the e-mail address of one without a name; made by the database.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What the person does at the company.</summary>
    public string? JobTitle { get; set; }

    /// <summary>E-mail addresses; the first one is the one to write to.</summary>
    public IReadOnlyList<ContactPoint> Emails { get; set; } = [];

    /// <summary>The address to write to: the first of <see cref="Emails"/>; made by the database.</summary>
    public string? Email { get; private set; }

    /// <summary>Telephone numbers; the first one is the one to call.</summary>
    public IReadOnlyList<ContactPoint> Phones { get; set; } = [];

    /// <summary>The number to call: the first of <see cref="Phones"/>; made by the database.</summary>
    public string? Phone { get; private set; }

    /// <summary>Postal addresses.</summary>
    public IReadOnlyList<PostalAddress> Addresses { get; set; } = [];

    /// <summary>How far the relation has come; one of <see cref="LifecycleStages"/>.</summary>
    public string LifecycleStage { get; set; } = LifecycleStages.Lead;

    /// <summary>The company the person works for.</summary>
    public Guid? CompanyId { get; set; }

    /// <summary>Free text.</summary>
    public string? Description { get; set; }

    /// <summary>Labels, unique within the record.</summary>
    public IReadOnlyList<string> Tags { get; set; } = [];
}
