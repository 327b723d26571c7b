namespace Crm.Domain.Common;

/// <summary>What amounts of one currency come to together; may leave the range of a single <see cref="Money"/>.</summary>
/// <param name="Minor">The sum in minor units, a whole number.</param>
/// <param name="Currency">An ISO 4217 code in capitals.</param>
public sealed record MoneyTotal(decimal Minor, string Currency);
