namespace Crm.Application.Messaging.Pipeline;

/// <summary>The name of the request being served; every change it makes carries it. One per scope.</summary>
public sealed class RequestOrigin
{
    /// <summary>The name of the innermost request, such as <c>UpdateContact</c>.</summary>
    public string Name { get; private set; } = "System";

    /// <summary>Begins a request, perhaps within another.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The name before, to be given to <see cref="Leave"/>.</returns>
    public string Enter(string name)
    {
        var outer = Name;
        Name = name;
        return outer;
    }

    /// <summary>Ends a request.</summary>
    /// <param name="outer">What <see cref="Enter"/> returned.</param>
    public void Leave(string outer) => Name = outer;
}
