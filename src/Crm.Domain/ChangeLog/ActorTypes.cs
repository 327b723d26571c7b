namespace Crm.Domain.ChangeLog;

/// <summary>Who can change a record.</summary>
public static class ActorTypes
{
    /// <summary>A signed-in user.</summary>
    public const string User = "user";

    /// <summary>A program, by an API key; the actor's id is the key's.</summary>
    public const string ApiKey = "api_key";

    /// <summary>The system itself: the command line, or a job nobody asked for.</summary>
    public const string System = "system";
}
