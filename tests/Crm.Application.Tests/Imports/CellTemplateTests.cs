using Crm.Application.Imports;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Imports;

public sealed class CellTemplateTests
{
    [Theory]
    [InlineData("{a} {b}", "x y")]
    [InlineData(" {b}{empty} ", "y")]
    [InlineData("{empty}-{empty}", "")]
    [InlineData("{{{a}}}", "{x}")]
    public void Cells_are_filled_in(string template, string text) => Fill(template, 100).ShouldBe(text);

    [Fact]
    public void A_long_cell_named_many_times_is_not_repeated_beyond_what_is_taken()
    {
        var cell = new string('x', 1_000_000);
        var template = CellTemplate.Parse(string.Concat(Enumerable.Repeat("{n}", 333)))!;

        var before = GC.GetAllocatedBytesForCurrentThread();
        var text = template.Fill(_ => cell, longest: 255);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        text.Length.ShouldBe(256);
        allocated.ShouldBeLessThan(100_000);
    }

    [Fact]
    public void A_text_is_cut_only_where_it_is_too_long_without_the_spaces_around_it()
    {
        Fill(new string(' ', 50) + "{a}" + new string(' ', 50), longest: 1).ShouldBe("x");
        Fill("{empty}" + new string(' ', 50) + "{a}{b}", longest: 1).Length.ShouldBe(2);
        Fill("{a}{b}", longest: 2).ShouldBe("xy");
    }

    private static string Fill(string template, int longest) =>
        CellTemplate.Parse(template)!.Fill(name => name switch { "a" => "x", "b" => "y", _ => "" }, longest);
}
