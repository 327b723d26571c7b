using Crm.Domain.Common;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Common;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ada@isdom.example")]
    [InlineData("Ada.Byron+crm@mail.isdom.example")]
    public void A_plain_address_is_taken(string address) => EmailAddress.IsValid(address).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@localhost")]
    [InlineData("Ada <ada@isdom.example>")]
    [InlineData("ada@isdom.example, bob@isdom.example")]
    [InlineData("ada @isdom.example")]
    [InlineData("ada@isdom.example\r\nBcc: x@y.example")]
    public void Anything_else_is_refused(string? address) => EmailAddress.IsValid(address).ShouldBeFalse();

    [Theory]
    [InlineData("mary@people.example", true)]
    [InlineData("mary@bücher.example", true)]
    [InlineData("jürgen@people.example", false)]
    [InlineData("mary", false)]
    [InlineData(null, false)]
    public void Mail_reaches_addresses_whose_local_part_is_ASCII(string? address, bool reaches) => EmailAddress.IsMailable(address).ShouldBe(reaches);
}
