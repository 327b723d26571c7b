using Crm.Domain.Identity;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Identity;

public sealed class CommonPasswordsTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("PassWord")]
    [InlineData("123456789")]
    [InlineData("P@ssw0rd2026!")]
    [InlineData("!!Dragon-1999!!")]
    [InlineData("sunshinesunshine")]
    [InlineData("MonkeyMonkey123!")]
    [InlineData("Qwertyuiop-1!")]
    [InlineData("Administrator1!")]
    [InlineData("OfficeOffice-2026")]
    [InlineData("_Autumn#2026_")]
    public void What_is_tried_first_is_known_however_it_is_dressed_up(string password) => CommonPasswords.Contains(password).ShouldBeTrue();

    [Theory]
    [InlineData("Correct-Horse-7")]
    [InlineData("Trade-Winds-99")]
    [InlineData("dragon-tower-bridge")]
    [InlineData("")]
    [InlineData("1!")]
    public void What_only_contains_a_common_word_is_not(string password) => CommonPasswords.Contains(password).ShouldBeFalse();
}
