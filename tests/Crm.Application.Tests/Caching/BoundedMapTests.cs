using Crm.Application.Authorization;
using Crm.Application.Caching;
using Crm.Application.Records;
using Crm.Domain.Identity;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Caching;

public sealed class BoundedMapTests
{
    [Fact]
    public void A_full_map_keeps_what_is_used_learns_what_is_new_and_forgets_the_rest()
    {
        var map = new BoundedMap<int, string>(100);
        map.Set(-1, "used");
        for (var i = 0; i < 10_000; i++)
        {
            map.Set(i, "new");
            map.TryGet(-1, out _).ShouldBeTrue();
        }

        map.TryGet(9_999, out var newest).ShouldBeTrue();
        newest.ShouldBe("new");
        Enumerable.Range(0, 10_000).Count(i => map.TryGet(i, out _)).ShouldBeLessThanOrEqualTo(100);
    }

    [Fact]
    public void A_selection_asked_for_again_is_known_however_many_others_were_asked_for_before()
    {
        using var services = new ServiceCollection().AddApplication().BuildServiceProvider();
        var known = services.GetRequiredService<KnownSelections>();
        var contacts = services.GetRequiredService<RecordModel>().Find("contact")!;
        RecordSelection Read(string fields) => new RecordQueryReader(contacts, new RecordView(Permissions.All.ToHashSet(), RecordGrants.Full), "USD", known).ReadSelection(fields, null);

        // Every order of the same fields is a text of its own.
        foreach (var fields in Orders("id", "version", "createdAt", "updatedAt", "ownerId", "firstName", "lastName").Take(3000))
            Read(fields);

        Read("lastName,id").ShouldBeSameAs(Read("lastName,id"));
    }

    private static IEnumerable<string> Orders(params string[] names) => names.Length == 1
        ? names
        : names.SelectMany(first => Orders([.. names.Where(n => n != first)]).Select(rest => $"{first},{rest}"));
}
