using Crm.Domain.Identity;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Identity;

public sealed class PasswordRulesTests
{
    private static readonly PasswordPolicy Policy = new();

    [Theory]
    [InlineData(8, 64, true)]
    [InlineData(12, 128, true)]
    [InlineData(1000, 1000, true)]
    [InlineData(7, 128, false)]
    [InlineData(8, 63, false)]
    [InlineData(8, 1001, false)]
    [InlineData(65, 64, false)]
    public void No_host_demands_less_than_8_characters_more_than_it_allows_or_allows_less_than_64(int least, int most, bool isValid) =>
        new PasswordPolicy { MinLength = least, MaxLength = most }.IsValid().ShouldBe(isValid);

    [Fact]
    public void A_password_that_keeps_every_rule_has_no_faults() =>
        Faults("Correct-Horse-7").ShouldBeEmpty();

    [Fact]
    public void All_faults_of_a_password_are_reported_at_once() =>
        Faults("ada").ShouldBe(
            ["password_too_short", "password_needs_upper", "password_needs_digit", "password_needs_special", "password_contains_name"], ignoreOrder: true);

    [Theory]
    [InlineData("correct-horse-7", "password_needs_upper")]
    [InlineData("CORRECT-HORSE-7", "password_needs_lower")]
    [InlineData("Correct-Horse-x", "password_needs_digit")]
    [InlineData("CorrectHorse777", "password_needs_special")]
    public void Each_kind_of_character_is_demanded(string password, string fault) =>
        Faults(password).ShouldBe([fault]);

    [Fact]
    public void Kinds_of_characters_are_not_demanded_where_the_host_switched_that_off() =>
        PasswordRules.Check("correct horse battery", new PasswordPolicy { RequireMixture = false }, new PasswordOwner(null, "Ada", "ada@acme.example", [])).ShouldBeEmpty();

    [Theory]
    [InlineData("Aa1-5678901", true)]
    [InlineData("Aa1-56789012", false)]
    public void The_shortest_password_has_twelve_characters(string password, bool tooShort) =>
        Faults(password).Contains("password_too_short").ShouldBe(tooShort);

    [Theory]
    [InlineData(128, false)]
    [InlineData(129, true)]
    public void The_longest_password_has_128_characters(int length, bool tooLong) =>
        Faults("Aa1-" + new string('x', length - 4)).Contains("password_too_long").ShouldBe(tooLong);

    [Fact]
    public void Length_counts_characters_and_not_their_encoding() =>
        Faults("Aa1-" + string.Concat(Enumerable.Repeat("🐎", 7))).ShouldBe(["password_too_short"]);

    [Theory]
    [InlineData("My-lovelace-1815")]
    [InlineData("My-LOVELACE-1815")]
    public void A_word_of_the_name_is_refused_in_any_case(string password) =>
        Faults(password).ShouldBe(["password_contains_name"]);

    [Fact]
    public void The_local_part_of_the_email_address_is_refused() =>
        Faults("The-countess.k-99").ShouldBe(["password_contains_email"]);

    [Theory]
    [InlineData("Max Li", "m.l@acme.example", "acme", "My-MAXimum-1815", "password_contains_name")]
    [InlineData("Li Wu", "max@acme.example", "acme", "My-maximum-1815", "password_contains_email")]
    [InlineData("Li Wu", "lw@acme.example", "ibx", "My-Ibx-1815-sea", "password_contains_tenant")]
    public void Words_of_three_letters_are_refused_too(string name, string email, string tenant, string password, string code) =>
        PasswordRules.Check(password, Policy, new PasswordOwner(null, name, email, [tenant])).Select(f => f.Code).ShouldBe([code]);

    [Fact]
    public void Words_of_two_letters_may_occur_by_chance() =>
        PasswordRules.Check("Lively-Wuthering-99", Policy, new PasswordOwner(null, "Li Wu", "li@acme.example", ["wu-li"])).ShouldBeEmpty();

    private static IEnumerable<string> Faults(string password) =>
        PasswordRules.Check(password, Policy, new PasswordOwner(null, "Ada Lovelace", "countess.k@acme.example", ["analytical-engines"])).Select(f => f.Code);
}
