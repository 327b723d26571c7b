using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Crm.Application;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Domain.Contacts;
using Crm.Domain.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Benchmarks.Micro;

/// <summary>Reading a query against the description of contacts.</summary>
public class QueryReading : IDisposable
{
    private static readonly KeyValuePair<string, string[]>[] Parameters =
    [
        new("filter[lifecycleStage]", ["customer"]),
        new("filter[createdAt][gte]", ["2026-01-01T00:00:00Z"]),
        new("sort", ["-createdAt"]),
        new("limit", ["50"]),
        new("fields", ["id,version,createdAt,updatedAt,ownerId,firstName,lastName,email,lifecycleStage,companyId,company.name"]),
    ];

    private readonly RecordView _access = new(Permissions.All.ToHashSet(), RecordGrants.Full);
    private readonly JsonDocument _body = JsonDocument.Parse("""
        {
          "filter": { "and": [ { "lifecycleStage": { "in": ["customer", "opportunity"] } }, { "not": { "company.country": { "eq": "DE" } } },
                               { "or": [ { "lastName": { "startsWith": "Be" } }, { "tags": { "any": ["newsletter"] } } ] } ] },
          "sort": ["-createdAt", "lastName"], "limit": 50
        }
        """);

    private readonly KnownSelections _known = new();
    private RecordType _contacts = null!;

    [GlobalSetup]
    public void Setup() => _contacts = new ServiceCollection().AddApplication().BuildServiceProvider().GetRequiredService<RecordModel>().Of(typeof(Contact));

    [Benchmark]
    public object FromParameters() => new RecordQueryReader(_contacts, _access, "EUR", _known).ReadParameters(Parameters);

    [Benchmark]
    public object FromBody() => new RecordQueryReader(_contacts, _access, "EUR", _known).ReadBody(_body.RootElement);

    public void Dispose()
    {
        _body.Dispose();
        GC.SuppressFinalize(this);
    }
}
