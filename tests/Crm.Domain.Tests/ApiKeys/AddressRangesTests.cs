using System.Net;
using Crm.Domain.ApiKeys;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.ApiKeys;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.8")]
    [InlineData("192.0.2.0/24", "192.0.2.255", "192.0.3.0")]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.1", "::ffff:192.0.3.1")]
    [InlineData("2001:db8::/32", "2001:db8:1::1", "2001:db9::1")]
    [InlineData("2001:db8::7", "2001:db8::7", "2001:db8::8")]
    [InlineData("0.0.0.0/0", "203.0.113.1", "2001:db8::1")]
    public void A_range_holds_what_its_prefix_says(string range, string inside, string outside)
    {
        AddressRanges.TryParse(range, out var network).ShouldBeTrue();

        AddressRanges.Allow([network], IPAddress.Parse(inside)).ShouldBeTrue();
        AddressRanges.Allow([network], IPAddress.Parse(outside)).ShouldBeFalse();
        AddressRanges.Allow([network], null).ShouldBeFalse();
    }

    [Fact]
    public void No_range_means_anywhere() => AddressRanges.Allow([], null).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("300.0.2.1")]
    [InlineData("192.0.2.1/24")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/")]
    [InlineData("192.0.2.0/24/24")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("example.com")]
    [InlineData("*")]
    public void What_is_no_range_is_not_taken(string text) => AddressRanges.TryParse(text, out _).ShouldBeFalse();
}
