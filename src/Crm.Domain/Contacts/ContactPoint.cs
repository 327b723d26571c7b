namespace Crm.Domain.Contacts;

/// <summary>One way to reach a person: an e-mail address or a telephone number.</summary>
/// <param name="Value">The address or number.</param>
/// <param name="Label">What it is for, such as <c>work</c>; <c>null</c> when unknown.</param>
public sealed record ContactPoint(string Value, string? Label = null);

/// <summary>A postal address; every part is optional.</summary>
/// <param name="Street">Street and number, lines parted by a line feed.</param>
/// <param name="City">Town or city.</param>
/// <param name="Region">State, province or county.</param>
/// <param name="PostalCode">Postal or ZIP code.</param>
/// <param name="Country">The country as the tenant writes it.</param>
/// <param name="Label">What it is for, such as <c>billing</c>.</param>
public sealed record PostalAddress(
    string? Street = null, string? City = null, string? Region = null, string? PostalCode = null, string? Country = null, string? Label = null);
