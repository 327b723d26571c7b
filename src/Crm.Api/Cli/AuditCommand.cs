using System.CommandLine;
using System.Runtime.CompilerServices;
using Crm.Application.Audit;
using Crm.Application.MultiTenancy;
using Crm.Domain.Tenants;

namespace Crm.Api.Cli;

/// <summary><c>crm audit</c>: tells the heads of the log's seals, and verifies them.</summary>
internal static class AuditCommand
{
    // No tenant can be called so.
    private const string HostChain = "(host)";
    private const int PageSize = 200;
    private const int HashLength = 64;

    private static readonly Option<string?> Tenant = new("--tenant") { Description = "Only this tenant's log.", HelpName = "identifier" };
    private static readonly Option<bool> Host = new("--host") { Description = "Only the host's own log." };
    private static readonly Option<string?> Head = new("--head") { Description = "A hash that 'crm audit head' told once: a seal must have it. Needs --tenant or --host.", HelpName = "hash" };

    public static Command Create()
    {
        var head = new Command("head", "Tells each log's newest seal: log, number and hash, parted by tabs. Keep them where whoever has the database cannot write.") { Tenant, Host };
        head.SetAction((parsed, cancellationToken) => CliHost.UseAsync(
            async (services, _) =>
            {
                await foreach (var (name, id) in ChainsAsync(services, parsed, cancellationToken))
                {
                    if (await services.GetRequiredService<ISeals>().HeadAsync(id, cancellationToken) is { } newest)
                        await Console.Out.WriteLineAsync(FormattableString.Invariant($"{name}\t{newest.Number}\t{newest.Hash}"));
                }
            },
            cancellationToken));

        var verify = new Command("verify", "Computes the seals anew and names the first entry of each log that was changed, removed or put in. Fails when there is one.") { Tenant, Host, Head };
        verify.Validators.Add(given =>
        {
            if (given.GetValue(Head) is not null && given.GetValue(Tenant) is null && !given.GetValue(Host))
                given.AddError("--head needs --tenant or --host: a hash is one log's.");
            if (given.GetValue(Head) is { } head && !IsHash(head))
                given.AddError("--head is not a hash, which is 64 hexadecimal digits in lower case, as 'crm audit head' tells it.");
        });
        verify.SetAction((parsed, cancellationToken) => VerifyAsync(parsed, cancellationToken));
        return new Command("audit", "Finds out whether the log was tampered with.") { head, verify };
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var faults = 0;
        await CliHost.UseAsync(
            async (services, _) =>
            {
                await foreach (var (name, id) in ChainsAsync(services, parsed, cancellationToken))
                {
                    var report = await services.GetRequiredService<ISeals>().VerifyAsync(id, parsed.GetValue(Head), cancellationToken);
                    faults += report.Fault is null ? 0 : 1;
                    await Console.Out.WriteLineAsync(report.Fault is null
                        ? FormattableString.Invariant($"ok      {name}: {report.Seals} seals, {report.Entries} entries, {report.Unsealed} not sealed yet")
                        : $"FAILED  {name}: {report.Fault}");
                }
            },
            cancellationToken);
        return faults == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static bool IsHash(string text) => text.Length == HashLength && text.All(char.IsAsciiHexDigitLower);

    private static async IAsyncEnumerable<(string Name, Guid? Id)> ChainsAsync(
        IServiceProvider services, ParseResult parsed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tenants = services.GetRequiredService<IMultiTenantStore>();
        if (parsed.GetValue(Tenant) is { } identifier)
        {
            yield return (identifier, (await tenants.GetByIdentifierAsync(identifier, cancellationToken) ?? throw TenantErrors.NotFound()).TenantId);
            yield break;
        }

        yield return (HostChain, null);
        string? after = null;
        while (!parsed.GetValue(Host) && await tenants.GetAllAsync(PageSize, after, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var tenant in page)
                yield return (tenant.Identifier, tenant.TenantId);
            after = page[^1].Identifier;
        }
    }
}
