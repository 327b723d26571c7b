using Crm.Domain.Tenants;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Tenants;

public sealed class TenantIdentifierTests
{
    [Theory]
    [InlineData("acme")]
    [InlineData("a-1")]
    [InlineData("a234567890123456789012345678901234567890")]
    public void Short_names_in_lower_case_are_identifiers(string text) => TenantIdentifier.IsValid(text).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("a2345678901234567890123456789012345678901")]
    [InlineData("Acme")]
    [InlineData("1acme")]
    [InlineData("acme-")]
    [InlineData("-acme")]
    [InlineData("ac me")]
    [InlineData("acme\n")]
    [InlineData("acmé")]
    public void Anything_else_is_not(string? text) => TenantIdentifier.IsValid(text).ShouldBeFalse();

    [Theory]
    [InlineData("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("a0eebc999c0b4ef8bb6d6bb9bd380a11")]
    public void A_text_that_could_be_an_id_is_not_an_identifier(string text) => TenantIdentifier.IsValid(text).ShouldBeFalse();
}
