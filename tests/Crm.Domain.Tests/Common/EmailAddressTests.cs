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
}
