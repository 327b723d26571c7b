using System.Globalization;
using Crm.Application.MultiTenancy;
using Crm.Domain.Common;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Http;

/// <summary>What a client says it has read: <c>If-Match</c> and <c>If-None-Match</c> (RFC 9110, 13.1).</summary>
internal static class Preconditions
{
    private const int NoVersion = -1;

    private static readonly object VersionLacking = new();

    /// <summary>
    /// Does something to a version the client named in <c>If-Match</c>: compared strongly, so that weak tags name none. Of several versions
    /// the lower are tried
    /// first: as versions only grow, the one that there is cannot be missed.
    /// </summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <exception cref="InvalidException"><c>If-Match</c> is not well formed.</exception>
    /// <exception cref="StaleVersionException">There is none of the versions.</exception>
    public static Task<T> AtExpectedVersionAsync<T>(this HttpContext context, Func<int?, Task<T>> act)
    {
        var versions = context.ReadExpectedVersions();
        return versions.Length == 1 ? act(versions[0]) : AtOneOfAsync(versions, act);
    }

    /// <summary>
    /// Whether the request names no version although its tenant demands one. It is refused where its record is found to have another, so
    /// that what
    /// is not there stays not found.
    /// </summary>
    public static bool LacksVersion(this HttpContext context) => context.Items.ContainsKey(VersionLacking);

    /// <summary>Whether <c>If-None-Match</c> names a tag, compared weakly, or any.</summary>
    /// <exception cref="InvalidException"><c>If-None-Match</c> is not well formed.</exception>
    public static bool Has(this HttpContext context, string tag)
    {
        var header = context.Request.Headers.IfNoneMatch;
        return header.Count > 0 && EntityTag.ReadList(header, HeaderNames.IfNoneMatch)?.Any(t => t.Opaque == tag) != false;
    }

    private static async Task<T> AtOneOfAsync<T>(int?[] versions, Func<int?, Task<T>> act)
    {
        foreach (var version in versions[..^1])
        {
            try
            {
                return await act(version);
            }
            catch (StaleVersionException)
            {
                // It may be the next one.
            }
        }

        return await act(versions[^1]);
    }

    private static int?[] ReadExpectedVersions(this HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0)
        {
            if (!DemandsVersion(context))
                return [null];
            context.Items[VersionLacking] = true;
            return [NoVersion];
        }

        if (EntityTag.ReadList(header, HeaderNames.IfMatch) is not { } tags)
            return [null];
        int?[] versions = [.. tags.Where(t => !t.IsWeak).Select(t => VersionOf(t.Opaque)).OfType<int>().Distinct().Order()];
        return versions.Length > 0 ? versions : [NoVersion];
    }

    private static bool DemandsVersion(HttpContext context) =>
        context.RequestServices.GetRequiredService<IMultiTenantContextAccessor>().MultiTenantContext.TenantInfo?.Settings.RequireIfMatch == true;

    private static int? VersionOf(string tag) =>
        int.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
