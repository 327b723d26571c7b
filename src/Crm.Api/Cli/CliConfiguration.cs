namespace Crm.Api.Cli;

/// <summary>The configuration of commands that serve nothing, read from the same places as the server's.</summary>
internal static class CliConfiguration
{
    /// <summary>Reads the configuration.</summary>
    /// <returns>The configuration.</returns>
    public static IConfiguration Read() =>
        WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }).Configuration;
}
