using System.CommandLine;
using System.CommandLine.Parsing;

namespace Crm.Api.Cli;

/// <summary>The option that says where the API listens.</summary>
internal static class UrlsOption
{
    /// <summary>Makes the option; what is no address is refused before anything starts.</summary>
    public static Option<string?> Create(string description)
    {
        var option = new Option<string?>("--urls") { Description = description, HelpName = "urls" };
        option.Validators.Add(Validate);
        return option;
    }

    private static void Validate(OptionResult result)
    {
        foreach (var url in (result.GetValueOrDefault<string?>() ?? "").Split(';').Where(url => !ListeningPort.IsAddress(url)))
            result.AddError(CliErrors.NoAddress(url).Message);
    }
}
