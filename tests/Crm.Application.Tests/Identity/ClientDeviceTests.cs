using System.Net;
using Crm.Application.Identity;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity;

public sealed class ClientDeviceTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" \t\r\n", null)]
    [InlineData("Loom/1.0\r\nX-Forged: yes\0\u001b[31m\u0085", "Loom/1.0X-Forged: yes[31m")]
    [InlineData(" Loom ", "Loom")]
    public void What_a_device_says_is_kept_without_control_characters(string? said, string? kept)
    {
        var device = new ClientDevice();
        device.Set(said, null);

        device.UserAgent.ShouldBe(kept);
    }

    [Fact]
    public void A_long_text_is_cut_between_characters_and_halves_of_characters_are_replaced()
    {
        var device = new ClientDevice();
        device.Set(new string('x', 255) + "🧵🧵", null);
        device.UserAgent.ShouldBe(new string('x', 255));

        device.Set("a\ud83e", null);
        device.UserAgent.ShouldBe("a\ufffd");
    }

    [Fact]
    public void An_address_of_the_old_kind_in_the_new_one_is_told_as_what_it_is()
    {
        var device = new ClientDevice();
        device.Set(null, IPAddress.Parse("::ffff:192.0.2.7"));

        device.Address!.ToString().ShouldBe("192.0.2.7");
    }
}
