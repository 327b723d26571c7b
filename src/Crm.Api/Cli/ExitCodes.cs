namespace Crm.Api.Cli;

/// <summary>How a command tells whoever started it what came of it.</summary>
internal static class ExitCodes
{
    /// <summary>It was carried out.</summary>
    public const int Success = 0;

    /// <summary>It was not; the reason stands on the error output.</summary>
    public const int Failure = 1;

    /// <summary>It was not understood; nothing was done.</summary>
    public const int Usage = 2;
}
