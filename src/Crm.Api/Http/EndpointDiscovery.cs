using System.Reflection;

namespace Crm.Api.Http;

/// <summary>Finds and maps all endpoint groups.</summary>
internal static class EndpointDiscovery
{
    /// <summary>Maps every group of the assembly.</summary>
    public static void MapEndpointGroups(this IEndpointRouteBuilder app)
    {
        var map = typeof(EndpointDiscovery).GetMethod(nameof(MapGroup), BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (var group in typeof(EndpointDiscovery).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IEndpointGroup))).OrderBy(t => t.Name, StringComparer.Ordinal))
            map.MakeGenericMethod(group).Invoke(null, [app]);
    }

    private static void MapGroup<TGroup>(IEndpointRouteBuilder app)
        where TGroup : IEndpointGroup => TGroup.Map(app);
}
