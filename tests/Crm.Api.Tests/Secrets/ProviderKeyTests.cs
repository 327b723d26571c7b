using System.Net;
using Crm.Api.Tests.Identity;
using Crm.Application.Secrets;
using Crm.Domain.Common;
using Crm.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Secrets;

public sealed class ProviderKeyTests(SecretFixture fixture) : IClassFixture<SecretFixture>
{
    private readonly ApiHost _host = fixture.Host;
    private readonly TestTenant _acme = fixture.Acme;

    [Fact]
    public async Task A_secret_goes_in_is_used_and_never_comes_out_again()
    {
        var (provider, secret, other) = (SecretWorld.NewProvider(), SecretWorld.NewSecret(), SecretWorld.NewSecret());

        var created = await _acme.Client.SendAsync("POST", SecretWorld.Path, new { provider, name = "Analysis", secret });
        created.Status.ShouldBe(HttpStatusCode.Created, created.Text);
        var path = created.Headers["Location"];
        ((string)created.Body!["last4"]!).ShouldBe(secret[^4..]);
        created.Body["lastUsedAt"].ShouldBeNull();
        (await _host.UseAsync(_acme, provider)).ShouldBe(secret);

        var rotated = await _acme.Client.SendAsync("POST", path + "/rotate", new { secret = other });
        rotated.Status.ShouldBe(HttpStatusCode.OK, rotated.Text);
        ((string)rotated.Body!["last4"]!).ShouldBe(other[^4..]);
        (await _host.UseAsync(_acme, provider)).ShouldBe(other);

        var renamed = await _acme.Client.SendAsync("PATCH", path, new { name = "Scoring" });
        renamed.Status.ShouldBe(HttpStatusCode.OK, renamed.Text);
        (await _host.UseAsync(_acme, provider)).ShouldBe(other);

        var read = await _acme.Client.SendAsync("GET", path);
        read.Body!["lastUsedAt"].ShouldNotBeNull();
        foreach (var answer in new[] { created, rotated, renamed, read, await _acme.Client.SendAsync("GET", SecretWorld.Path), await _acme.Client.SendAsync("GET", path + "/uses") })
        {
            answer.Text.ShouldNotContain(secret);
            answer.Text.ShouldNotContain(other);
            answer.Text.ShouldNotContain("v1|");
        }
    }

    [Fact]
    public async Task A_secret_stays_that_of_the_provider_it_was_given_for()
    {
        var provider = SecretWorld.NewProvider();
        var path = (await _acme.Client.SendAsync("POST", SecretWorld.Path, new { provider, name = "Analysis", secret = SecretWorld.NewSecret() })).Headers["Location"];

        (await _acme.Client.SendAsync("PATCH", path, new { provider = SecretWorld.NewProvider() })).Faults.ShouldBe(["/provider read_only"]);
        ((string)(await _acme.Client.SendAsync("GET", path)).Body!["provider"]!).ShouldBe(provider);
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("encryptedSecret")]
    public async Task A_secret_cannot_be_asked_for_by_any_name(string field)
    {
        foreach (var question in new[] { $"?fields={field}", $"?sort={field}", $"?filter[{field}][isNull]=false" })
            (await _acme.Client.SendAsync("GET", SecretWorld.Path + question)).Status.ShouldBe(HttpStatusCode.BadRequest, question);
        var aggregate = await _acme.Client.SendAsync(
            "POST", "/api/v1/reports/aggregate", new { recordType = "provider_key", groupBy = new[] { new { field } }, measures = new[] { new { op = "count" } } });
        aggregate.Status.ShouldBe(HttpStatusCode.BadRequest, aggregate.Text);
    }

    [Fact]
    public async Task A_provider_has_one_live_key_and_a_deleted_one_leaves_no_secret_but_its_uses()
    {
        var provider = SecretWorld.NewProvider();
        var id = await _acme.KeepAsync(provider, SecretWorld.NewSecret());
        await _host.UseAsync(_acme, provider);
        var again = await _acme.Client.SendAsync("POST", SecretWorld.Path, new { provider, name = "Again", secret = SecretWorld.NewSecret() });
        (again.Status, again.Code).ShouldBe((HttpStatusCode.Conflict, "taken"));

        (await _acme.Client.SendAsync("DELETE", $"{SecretWorld.Path}/{id}")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await _host.SqlAsync("SELECT secret IS NULL FROM provider_keys WHERE id = $1", id)).ShouldBe(true);
        await Should.ThrowAsync<NotFoundException>(() => _host.UseAsync(_acme, provider));
        (await _acme.Client.SendAsync("GET", $"{SecretWorld.Path}/{id}/uses")).Body!["data"]!.AsArray().ShouldHaveSingleItem();
        await _acme.KeepAsync(provider, SecretWorld.NewSecret());
        (await _acme.Client.SendAsync("DELETE", $"{SecretWorld.Path}/{id}?purge=true")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await _acme.Client.SendAsync("GET", $"{SecretWorld.Path}/{id}/uses")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Uses_are_told_latest_first_page_by_page_and_old_ones_are_removed()
    {
        var provider = SecretWorld.NewProvider();
        var id = await _acme.KeepAsync(provider, SecretWorld.NewSecret());
        await _host.SqlAsync(
            "INSERT INTO provider_key_uses (tenant_id, id, key_id, at, purpose, outcome, actor_type) VALUES ($1, gen_random_uuid(), $2, now() - interval '91 days', 'old', 'opened', 'system')", _acme.Id, id);
        await _host.SqlAsync(
            "INSERT INTO provider_key_uses (tenant_id, id, key_id, at, purpose, outcome, actor_type, actor_id) VALUES ($1, gen_random_uuid(), $2, now() - interval '1 day', 'by a user', 'opened', 'user', gen_random_uuid())", _acme.Id, id);
        foreach (var purpose in new[] { "first", "second", "third" })
        {
            var told = await _host.WithinAsync(_acme, async services =>
            {
                using var secret = await services.GetRequiredService<IProviderKeys>().UseAsync(provider, purpose, TestContext.Current.CancellationToken);
                return secret.ToString();
            });
            told.ShouldBe(nameof(ProviderSecret));
        }

        var page = await _acme.Client.SendAsync("GET", $"{SecretWorld.Path}/{id}/uses?limit=2");
        page.Body!["data"]!.AsArray().Select(u => (string)u!["purpose"]!).ShouldBe(["third", "second"]);
        page.Body["data"]![0]!["outcome"]!.GetValue<string>().ShouldBe("opened");
        var rest = await _acme.Client.SendAsync("GET", $"{SecretWorld.Path}/{id}/uses?limit=2&cursor={page.Body["page"]!["nextCursor"]}");
        rest.Body!["data"]!.AsArray().Select(u => (string)u!["purpose"]!).ShouldBe(["first", "by a user"]);
        rest.Body["data"]!.AsArray().Select(u => u!["actorId"] is null).ShouldBe([true, false]);
        rest.Body["page"]!["nextCursor"].ShouldBeNull();
        (await _acme.Client.SendAsync("GET", $"{SecretWorld.Path}/{id}/uses?cursor=nonsense")).Faults.ShouldBe(["cursor invalid_cursor"]);
    }

    [Fact]
    public async Task Secrets_put_in_at_once_without_a_version_follow_one_another()
    {
        var (provider, secrets) = (SecretWorld.NewProvider(), Enumerable.Range(0, 8).Select(_ => SecretWorld.NewSecret()).ToList());
        var id = await _acme.KeepAsync(provider, SecretWorld.NewSecret());

        var answers = await Task.WhenAll(secrets.Select(secret => _acme.Client.SendAsync("POST", $"{SecretWorld.Path}/{id}/rotate", new { secret })));

        answers.Select(a => a.Status).ShouldAllBe(status => status == HttpStatusCode.OK);
        answers.Select(a => (int)a.Body!["version"]!).Order().ShouldBe(Enumerable.Range(2, 8));
        secrets.ShouldContain(await _host.UseAsync(_acme, provider));
    }

    [Fact]
    public async Task A_stale_version_does_not_put_a_secret_in()
    {
        var (provider, secret) = (SecretWorld.NewProvider(), SecretWorld.NewSecret());
        var id = await _acme.KeepAsync(provider, secret);

        var stale = await _acme.Client.SendAsync("POST", $"{SecretWorld.Path}/{id}/rotate", new { secret = SecretWorld.NewSecret() }, ("If-Match", "\"7\""));

        (stale.Status, stale.Code).ShouldBe((HttpStatusCode.PreconditionFailed, "stale_version"));
        (await _host.UseAsync(_acme, provider)).ShouldBe(secret);
        (await _acme.Client.SendAsync("POST", $"{SecretWorld.Path}/{Guid.NewGuid()}/rotate", new { secret })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_wrong_with_a_key_is_said_all_at_once_and_without_the_secret()
    {
        var refused = await _acme.Client.SendAsync("POST", SecretWorld.Path, new { provider = "Open AI", name = "", secret = "short-canary" });

        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        refused.Faults.ShouldBe(["/provider invalid_provider", "/name blank", "/secret invalid_secret"]);
        refused.Text.ShouldNotContain("canar");
        (await _acme.Client.SendAsync("POST", SecretWorld.Path, new { provider = "x", name = "a\0b", secret = SecretWorld.NewSecret() })).Faults.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("owner", true)]
    [InlineData("admin", true)]
    [InlineData("member", false)]
    [InlineData("viewer", false)]
    public async Task Owners_and_admins_alone_see_and_keep_provider_keys(string role, bool allowed)
    {
        using var client = await _host.AddMemberAsync(_acme, role);

        (await client.SendAsync("GET", SecretWorld.Path)).Status.ShouldBe(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        (await client.SendAsync("POST", SecretWorld.Path, new { provider = SecretWorld.NewProvider(), name = "n", secret = SecretWorld.NewSecret() })).Status
            .ShouldBe(allowed ? HttpStatusCode.Created : HttpStatusCode.Forbidden);
    }

    [Fact]
    public void A_request_that_carries_a_secret_does_not_tell_it()
    {
        var secret = SecretWorld.NewSecret();

        new CreateProviderKey("p", "n", secret).ToString().ShouldBe(nameof(CreateProviderKey));
        new RotateProviderKey(Guid.Empty, secret, null).ToString().ShouldBe(nameof(RotateProviderKey));
        var opened = new ProviderSecret("abc"u8.ToArray());
        opened.Dispose();
        opened.Utf8.ToArray().ShouldBe(new byte[3]);
    }
}
