using Crm.Domain.Common;
using Shouldly;
using Xunit;

namespace Crm.Domain.Tests.Common;

public sealed class OneLineTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Acme & Söhne, Ltd.")]
    [InlineData("שלום \u200f עולם 🙂")]
    public void A_text_without_breaks_is_one_line(string text) => OneLineText.IsOneLine(text).ShouldBeTrue();

    [Theory]
    [InlineData("\r\n")]
    [InlineData("a\tb")]
    [InlineData("a\0b")]
    [InlineData("a\u001b[1mb")]
    [InlineData("a\u007fb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u2028b")]
    [InlineData("a\u2029b")]
    public void Control_characters_and_separators_of_lines_make_it_more(string text) => OneLineText.IsOneLine(text).ShouldBeFalse();

    [Theory]
    [InlineData("Acme", "Acme")]
    [InlineData(" New Co.\r\n\r\n\u2028Sign  in\there ", "New Co. Sign…")]
    [InlineData("1234567890123", "1234567890123")]
    [InlineData("12345678901234", "123456789012…")]
    [InlineData("12345678901🙂🙂", "12345678901…")]
    public void Any_text_is_brought_onto_one_line_of_limited_length(string text, string line)
    {
        OneLineText.Of(text, 13).ShouldBe(line);
        OneLineText.IsOneLine(line).ShouldBeTrue();
    }
}
