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

    [Theory]
    [InlineData("aA1!aA1!aA1!", 0, "password_repeats")]
    [InlineData("Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!", 0, "password_repeats")]
    [InlineData("Aaaaaaaaaaa1!", 0, "password_repeats")]
    [InlineData("Abcdefgh1234!", 1, "password_sequence")]
    [InlineData("Hgfedcba-4321!", 1, "password_sequence")]
    [InlineData("Ytrewsdfgh#7", 1, "password_sequence")]
    [InlineData("Summer2026!Summer", 1, "password_repeats,password_year,password_word")]
    [InlineData("Administrator1!", 0, "password_common,password_word")]
    [InlineData("Adm1n1strat0r!x#", 1, "password_word")]
    [InlineData("x7K!2026q", 1, "password_year")]
    [InlineData("x7Kq2p!Mz", 3, "password_weak")]
    [InlineData("x7Kq2p!Mz4Rt", 4, "")]
    [InlineData("k19q!20x!207z4", 4, "")]
    public void A_score_below_the_best_has_its_reasons(string password, int score, string reasons)
    {
        var policy = new PasswordPolicy { MinLength = 8, RequireMixture = false };

        var strength = PasswordStrength.Of(password, policy, Ada);

        strength.Score.ShouldBe(score);
        string.Join(',', strength.Faults.Concat(strength.Weaknesses).Select(f => f.Code)).ShouldBe(reasons);
    }

    [Fact]
    public void Saying_one_character_however_often_stays_easy_to_guess() =>
        PasswordStrength.Of(new string('x', 1024), new PasswordPolicy(), Ada).Score.ShouldBe(0);

    [Fact]
    public void A_word_of_the_owner_is_reason_enough() =>
        PasswordStrength.Of("Lovelace-7Kq!", new PasswordPolicy(), Ada).Weaknesses.ShouldBeEmpty();

    [Fact]
    public void The_reasons_are_those_of_a_refusal() =>
        PasswordStrength.Of("lovelace", new PasswordPolicy(), Ada).Faults.ShouldBe(PasswordRules.Check("lovelace", new PasswordPolicy(), Ada));
}
