using System.Net;
using System.Text.RegularExpressions;
using Crm.Api.Tests.Identity;
using Crm.Application.Authorization;
using Crm.Application.Records;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Api.Tests.Records.Access;

/// <summary>A tenant with an owner whom nothing restricts, and members with every permission whose grants a test decides.</summary>
public sealed partial class RestrictedFixture : IAsyncLifetime
{
    /// <summary>The collections whose records and fields a role can restrict.</summary>
    public static readonly string[] Restrictable = ["companies", "contacts", "deals", "products"];

    private readonly GivenGrants _given = new();
    private int _people;

    public ApiHost Api { get; private set; } = null!;

    public TestTenant Tenant { get; private set; } = null!;

    /// <summary>The owner's client.</summary>
    public HttpClient Owner => Tenant.Client;

    public RecordModel Types => Api.Services.GetRequiredService<RecordModel>();

    public async ValueTask InitializeAsync()
    {
        Api = await ApiHost.StartAsync(_given.PutInto);
        Tenant = await Api.CreateTenantAsync("alpha");
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();

    /// <summary>Makes a member who may do everything with everything.</summary>
    public async Task<Person> NewPersonAsync()
    {
        var (email, password) = ($"person{Interlocked.Increment(ref _people)}@alpha.example", ApiHost.NewPassword());
        var id = await Api.AddUserAsync(Tenant, email, "Person", "owner", password);
        return new Person(id, await Api.SignInAsync(new { email, password, tenant = Tenant.Identifier }));
    }

    /// <summary>Makes a member whose permissions cover the records of some owners alone; the member's own where none are named.</summary>
    public async Task<Person> NewScopedAsync(IReadOnlyList<string> actions, params Guid[] mates)
    {
        var person = await NewPersonAsync();
        _given.Give(person.Id, Scope([person.Id, .. mates], actions));
        return person;
    }

    /// <summary>Gives a member rules for fields.</summary>
    public void Restrict(Person person, string rule, params IEnumerable<string> fields) =>
        _given.Give(person.Id, new RecordGrants(new Dictionary<string, IReadOnlyList<Guid>>(), fields.ToDictionary(f => f, _ => rule)));

    /// <summary>Gives a member grants.</summary>
    public void Give(Person person, RecordGrants grants) => _given.Give(person.Id, grants);

    public static RecordGrants Scope(IReadOnlyList<Guid> owners, params IReadOnlyList<string> actions) => new(
        Restrictable.SelectMany(plural => actions.Select(action => $"{plural}:{action}")).ToDictionary(p => p, _ => owners), new Dictionary<string, string>());

    /// <summary>The least that makes a record.</summary>
    public static Dictionary<string, object?> Least(string plural, Guid? ownerId, string name)
    {
        var body = new Dictionary<string, object?> { [plural == "contacts" ? "lastName" : "name"] = name };
        if (ownerId is not null)
            body["ownerId"] = ownerId;
        return body;
    }

    /// <summary>Makes a record of an owner's.</summary>
    public async Task<Guid> MakeAsync(string plural, Guid? ownerId, string name = "Sample") =>
        (Guid)(await Owner.CreateAsync(plural, Least(plural, ownerId, name)))["id"]!;

    /// <summary>A record as the tenant's owner sees it.</summary>
    public async Task<string> StateAsync(string plural, Guid id)
    {
        var live = await Owner.SendAsync("GET", $"/api/v1/{plural}/{id}");
        return live.Status == HttpStatusCode.OK ? live.Text : (await Owner.SendAsync("GET", $"/api/v1/{plural}?filter[id]={id}&filter[deletedAt][isNull]=false")).Text;
    }

    /// <summary>What an answer tells, without what differs between two equal answers.</summary>
    public static string Told(Answer answer, params IEnumerable<string> words)
    {
        var text = words.Aggregate(Trace().Replace(answer.Text, ""), (t, word) => t.Replace(word, "*", StringComparison.Ordinal));
        return $"{(int)answer.Status} {answer.Headers.GetValueOrDefault("ETag")} {answer.Headers.GetValueOrDefault("Location")} {text}";
    }

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex Trace();
}

/// <summary>A signed-in member.</summary>
/// <param name="Id">The user.</param>
/// <param name="Client">The client.</param>
public sealed record Person(Guid Id, HttpClient Client);

[CollectionDefinition(Name)]
public sealed class Restricted : ICollectionFixture<RestrictedFixture>
{
    public const string Name = "restricted";
}
