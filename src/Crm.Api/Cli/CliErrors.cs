using Crm.Domain.Common;

namespace Crm.Api.Cli;

/// <summary>Why a command cannot be carried out.</summary>
internal static class CliErrors
{
    public static CannotRunException PortInUse(string urls) => new(
        "port_in_use", $"Another program listens on {urls} already: stop it, or choose another address with --urls, such as --urls http://127.0.0.1:5081.");

    public static CannotRunException NoAddress(string url) => new(
        "address_invalid", $"'{url}' is not an address to listen on, such as http://127.0.0.1:5080; for https put a proxy in front.");

    public static CannotRunException CannotListen(string urls, Exception failure) => new("address_unusable", $"{urls} cannot be listened on: {failure.Message}");

    public static CannotRunException NoPassword() => new("password_missing", $"No password is given: set {Password.Variable}, or run the command in a terminal, which asks for it.");

    public static CannotRunException PasswordsDiffer() => new("passwords_differ", "The two passwords differ; nothing was done.");

    public static CannotRunException BrokenSetting(Exception failure) => new("setting_invalid", $"The configuration is not valid: {failure.Message}");

    public static CannotRunException BrokenCursorKey() => new("cursor_key_broken", "Cursors__Key is not a key: set it to at least 32 random bytes in base64, the same on every node.");
}
