using System.Buffers.Text;
using System.Text;
using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.MultiTenancy;
using Crm.Application.Records;
using Crm.Domain.Tenants;
using MediatR;

namespace Crm.Application.Tenants;

/// <summary>Lists the tenants in the order of their identifiers.</summary>
/// <param name="Limit">How many at most, 1–200.</param>
/// <param name="Cursor">The <c>nextCursor</c> of the page before; left out for the first page.</param>
[HostScope]
public sealed record ListTenants(int Limit = RecordLimits.Page, string? Cursor = null) : IQuery<TenantPage>;

/// <summary>A page of tenants.</summary>
/// <param name="Data">The tenants.</param>
/// <param name="Page">Where the next page begins.</param>
public sealed record TenantPage(IReadOnlyList<TenantDto> Data, PageInfo Page);

internal sealed class ListTenantsHandler(IMultiTenantStore tenants) : IRequestHandler<ListTenants, TenantPage>
{
    public async Task<TenantPage> Handle(ListTenants request, CancellationToken cancellationToken)
    {
        if (request.Limit is < 1 or > RecordLimits.LargestPage)
            throw RecordErrors.InvalidLimit();
        var found = await tenants.GetAllAsync(request.Limit + 1, Decode(request.Cursor), cancellationToken);
        var page = found.Take(request.Limit).Select(TenantDto.Of).ToList();
        return new TenantPage(page, PageInfo.Of(found.Count > request.Limit ? Encode(page[^1].Identifier) : null));
    }

    // Operators may see every tenant, so a cursor made up by one gains nothing, and it needs no signature.
    private static string Encode(string identifier) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(identifier));

    private static string? Decode(string? cursor)
    {
        if (cursor is null)
            return null;
        var identifier = Base64Url.IsValid(cursor) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)) : null;
        return TenantIdentifier.IsValid(identifier)
            ? identifier
            : throw RecordErrors.InvalidCursor();
    }
}
