using Crm.Domain.Identity;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Identity;

public sealed class PasswordStrengthTests
{
    private static readonly PasswordOwner Ada = new(null, "Ada Lovelace", "countess@acme.example", ["acme"]);

    [Theory]
    [InlineData("P@ssw0rd2026!", 0)]
    [InlineData("aaaaaaaaaaaa", 0)]
    [InlineData("abcdefgh12345678", 0)]
    [InlineData("Lovelace-countess-acme", 0)]
    [InlineData("x7Kq2", 1)]
    [InlineData("x7Kq2p!", 2)]
    [InlineData("x7Kq2p!Mz", 3)]
    [InlineData("x7Kq2p!Mz4Rt", 4)]
    public void The_score_grows_with_what_has_to_be_guessed(string password, int score) =>
        PasswordStrength.Of(password, new PasswordPolicy(), Ada).Score.ShouldBe(score);

    [Fact]
    public void The_reasons_are_those_of_a_refusal() =>
        PasswordStrength.Of("lovelace", new PasswordPolicy(), Ada).Faults.ShouldBe(PasswordRules.Check("lovelace", new PasswordPolicy(), Ada));
}
