using Crm.Domain.Common;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Common;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("1234.5", "EUR", 123450, "1234.50")]
    [InlineData("-0.05", "USD", -5, "-0.05")]
    [InlineData("1235", "JPY", 1235, "1235")]
    [InlineData("1.234", "KWD", 1234, "1.234")]
    [InlineData("9000000000000", "EUR", 900000000000000, "9000000000000.00")]
    public void An_amount_is_kept_in_minor_units_and_written_with_the_currencys_digits(string amount, string currency, long minor, string written)
    {
        Money.TryParse(amount, currency, out var money).ShouldBeTrue();

        money.ShouldBe(new Money(minor, currency));
        money!.Amount.ShouldBe(written);
    }

    [Theory]
    [InlineData("1.234", "EUR")]
    [InlineData("1.5", "JPY")]
    [InlineData("1,000", "EUR")]
    [InlineData("1e3", "EUR")]
    [InlineData(" 1", "EUR")]
    [InlineData("", "EUR")]
    [InlineData("1", "eur")]
    [InlineData("1", "XXX")]
    [InlineData("9000000000000.01", "EUR")]
    [InlineData(null, "EUR")]
    [InlineData("1", null)]
    public void What_would_have_to_be_rounded_or_guessed_is_refused(string? amount, string? currency) =>
        Money.TryParse(amount, currency, out _).ShouldBeFalse();
}
