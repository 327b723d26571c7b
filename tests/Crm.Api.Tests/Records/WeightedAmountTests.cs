using System.Globalization;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Records;

/// <summary>The weighted amount of a deal against arithmetic that knows nothing of the database.</summary>
public sealed class WeightedAmountTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly (string Currency, int Digits)[] Currencies = [("JPY", 0), ("EUR", 2), ("KWD", 3)];

    [Fact]
    public async Task It_is_rounded_half_away_from_zero_whatever_the_sign_and_the_currency()
    {
        var random = new Random(20_261);
        foreach (var (currency, digits) in Currencies)
        {
            var unit = (decimal)Math.Pow(10, -digits);
            foreach (var minor in new[] { -1L, -50, -10_000, 1, 50, -random.NextInt64(1, 1_000_000), random.NextInt64(1, 1_000_000) })
            {
                var (amount, probability) = (minor * unit, random.Next(1, 100));
                var expected = Math.Round(amount * probability / 100, digits, MidpointRounding.AwayFromZero);

                (await WeightedAsync(amount, currency, probability)).ShouldBe(expected, $"{probability} % of {amount} {currency}");
                (await WeightedAsync(amount, currency, 50)).ShouldBe(Math.Round(amount / 2, digits, MidpointRounding.AwayFromZero), $"half of {amount} {currency}");
            }
        }
    }

    private async Task<decimal> WeightedAsync(decimal amount, string currency, int probability)
    {
        var deal = await fixture.Client.CreateAsync("deals", new
        {
            name = "Weighed",
            probability,
            amount = new { amount = amount.ToString(CultureInfo.InvariantCulture), currency },
        });
        return decimal.Parse(deal["weightedAmount"]!["amount"]!.GetValue<string>(), CultureInfo.InvariantCulture);
    }
}
