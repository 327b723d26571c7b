using Crm.Infrastructure.ApiKeys;
using Crm.Testing;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.ApiKeys;

public sealed class ApiKeyUsageTests
{
    [Fact]
    public void What_could_not_be_written_is_added_again_and_leaves_the_last_use_as_it_is()
    {
        var usage = new ApiKeyUsage(Options.Create(new ApiKeyOptions()), new ManualTime(DateTimeOffset.UnixEpoch));
        var use = new ApiKeyUse(Guid.NewGuid(), Guid.NewGuid(), DateTime.UnixEpoch, "ListDeals", 2, "192.0.2.1");

        usage.Add(use, new ApiKeyCount(1, DateTime.UnixEpoch.AddMinutes(5)));
        usage.Add(use, new ApiKeyCount(2, DateTime.UnixEpoch.AddMinutes(3)));

        usage.Take().ShouldHaveSingleItem().Value.ShouldBe(new ApiKeyCount(3, DateTime.UnixEpoch.AddMinutes(5)));
        usage.Take().ShouldBeEmpty();
    }
}
