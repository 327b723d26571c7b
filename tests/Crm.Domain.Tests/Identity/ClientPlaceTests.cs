using Crm.Domain.Identity;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Identity;

public sealed class ClientPlaceTests
{
    [Theory]
    [InlineData("127.0.0.1", "local")]
    [InlineData("::1", "local")]
    [InlineData("10.1.2.3", "private")]
    [InlineData("172.31.0.1", "private")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("100.64.0.1", "private")]
    [InlineData("fd00::1", "private")]
    [InlineData("fe80::1", "private")]
    [InlineData("172.32.0.1", "public")]
    [InlineData("203.0.113.7", "public")]
    [InlineData("2001:db8::1", "public")]
    [InlineData("nonsense", null)]
    [InlineData(null, null)]
    public void An_address_tells_how_far_away_it_is(string? address, string? place) => ClientPlace.Of(address).ShouldBe(place);
}
