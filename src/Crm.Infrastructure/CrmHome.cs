using Microsoft.Extensions.Configuration;

namespace Crm.Infrastructure;

/// <summary>The folder in which the system keeps what is its own: data, secrets, keys and files.</summary>
public static class CrmHome
{
    private const string Setting = "CRM_HOME";
    private const string Default = ".crm";

    /// <summary>Tells the folder.</summary>
    public static string Of(IConfiguration configuration) => configuration[Setting] is { Length: > 0 } home ? home : Default;
}
