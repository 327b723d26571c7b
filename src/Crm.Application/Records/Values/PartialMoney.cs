using Crm.Domain.Common;

namespace Crm.Application.Records;

/// <summary>One half of an amount in a merge patch; the other half is the record's own.</summary>
/// <param name="Amount">A decimal text in major units, or <c>null</c> to keep the amount.</param>
/// <param name="Currency">A currency, or <c>null</c> to keep the currency.</param>
public sealed record PartialMoney(string? Amount, string? Currency)
{
    /// <summary>Completes the amount with what the record has.</summary>
    /// <exception cref="InvalidException">The two do not make an amount.</exception>
    public Money Complete(Money? current, string pointer) =>
        Money.TryParse(Amount ?? current?.Amount, Currency ?? current?.Currency, out var money)
            ? money!
            : throw new InvalidException([FieldErrors.Money(pointer)]);
}
