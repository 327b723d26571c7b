namespace Crm.Application.Messaging.Pipeline;

/// <summary>
/// The name of the request being served; every change it makes carries it. A request made by another's handler is a part of that one, so
/// what
/// was asked for from outside is what is told. One per scope.
/// </summary>
[Scoped]
public sealed class RequestOrigin
{
    private string? _outermost;

    /// <summary>The name of the outermost request, such as <c>UpdateContact</c>.</summary>
    public string Name => _outermost ?? "System";

    /// <summary>Begins a request, perhaps within another.</summary>
    public string? Enter(string name)
    {
        var before = _outermost;
        _outermost ??= name;
        return before;
    }

    /// <summary>Ends a request.</summary>
    public void Leave(string? before) => _outermost = before;
}
