using System.Globalization;

namespace Crm.Domain.Common;

/// <summary>
/// An amount of money, kept as a whole number of the currency's minor unit, so that sums are exact and an index can order it.
/// </summary>
/// <param name="Minor">The amount in minor units: 123450 for 1,234.50 EUR.</param>
/// <param name="Currency">An ISO 4217 code in capitals, such as <c>EUR</c>.</param>
public sealed record Money(long Minor, string Currency)
{
    /// <summary>The amount in major units with exactly the currency's digits: <c>1234.50</c> for EUR, <c>1235</c> for JPY.</summary>
    public string Amount => Format(Minor, Currency);

    /// <summary>Writes minor units as a decimal text with exactly the currency's digits.</summary>
    public static string Format(decimal minor, string currency)
    {
        var digits = Currencies.MinorDigits(currency);
        return (minor / Scale(digits)).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Reads a decimal text in major units, at most 9,000,000,000,000; refuses more decimals than the currency has, so that nothing is
    /// rounded away.
    /// </summary>
    public static bool TryParse(string? amount, string? currency, out Money? money)
    {
        money = null;
        if (currency is null || !Currencies.IsKnown(currency)
            || !decimal.TryParse(amount, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var major))
            return false;

        // Within this an amount in minor units, weighted in hundredths, stays in the range of a 64-bit integer in every currency.
        const decimal largest = 9_000_000_000_000m;
        if (Math.Abs(major) > largest)
            return false;

        var minor = major * Scale(Currencies.MinorDigits(currency));
        if (minor != decimal.Truncate(minor))
            return false;

        money = new Money((long)minor, currency);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Amount} {Currency}";

    private static decimal Scale(int digits) => digits switch { 0 => 1m, 2 => 100m, 3 => 1000m, _ => 10_000m };
}
