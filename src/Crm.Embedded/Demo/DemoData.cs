using System.Security.Cryptography;
using System.Text;
using Crm.Application.Identity;
using Crm.Application.Imports;
using Crm.Application.Jobs;
using Crm.Application.MultiTenancy;
using Crm.Application.Storage;
using Crm.Domain.Common;
using Crm.Domain.Identity;
using Crm.Domain.Jobs;
using CsvHelper;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Embedded.Demo;

/// <summary>
/// Fills a demo tenant with the sample, by the same imports as the API's. The jobs have fixed ids, so that none is made twice.
/// </summary>
internal static class DemoData
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "demo", "crm-sales-opportunities");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // In an order in which everything referred to is there before.
    private static readonly (string File, string RecordType)[] Imports = [("products", "product"), ("accounts", "company"), ("sales_pipeline", "deal")];

    /// <summary>Fills a tenant; what is there already is left alone.</summary>
    public static async Task FillAsync(IServiceProvider services, Guid tenantId, CancellationToken cancellationToken)
    {
        var tenant = await services.GetRequiredService<IMultiTenantStore>().GetAsync(tenantId, cancellationToken) ?? throw new InvalidOperationException("The tenant vanished.");
        using var inTenant = services.GetRequiredService<ITenantScope>().Use(tenant);
        await AddAgentsAsync(services, tenant.Identifier, cancellationToken);
        foreach (var (file, recordType) in Imports)
            await ImportAsync(services, JobIdOf(tenantId, file), file, recordType, cancellationToken);
    }

    /// <summary>The e-mail address of a person of the sample.</summary>
    public static string EmailOf(string name, string tenant) => $"{name.ToLowerInvariant().Replace(' ', '.')}@{tenant}.example";

    private static async Task AddAgentsAsync(IServiceProvider services, string tenant, CancellationToken cancellationToken)
    {
        using var agents = CsvReader.FromFile(Path.Combine(Folder, "sales_teams.csv"));
        while (await agents.ReadAsync(cancellationToken))
        {
            var name = agents.GetString("sales_agent").Trim();
            try
            {
                await DemoSeed.SendAsync(services, new CreateUser(EmailOf(name, tenant), name, BuiltInRoles.Member), cancellationToken);
            }
            catch (ConflictException added) when (added.Code == "already_member")
            {
                // By an attempt that was cut off.
            }
        }
    }

    private static async Task ImportAsync(IServiceProvider services, Guid jobId, string file, string recordType, CancellationToken cancellationToken)
    {
        if (await FindAsync(services, jobId, cancellationToken) is null)
        {
            await using (var content = File.OpenRead(Path.Combine(Folder, file + ".csv")))
                await services.GetRequiredService<ITenantFiles>().WriteAsync(CreateImport.FileOf(jobId), content, cancellationToken);
            var mapping = await File.ReadAllTextAsync(Path.Combine(Folder, file + ".mapping.json"), cancellationToken);
            await DemoSeed.SendAsync(services, new CreateImport(jobId, recordType, mapping, DryRun: null, HasFile: true), cancellationToken);
        }

        // Works itself, so that it needs no other worker; where there are some, whoever comes first takes the job.
        var worker = services.GetRequiredService<IJobWorker>();
        while (true)
        {
            switch (await FindAsync(services, jobId, cancellationToken))
            {
                case { Status: JobStatuses.Succeeded }:
                    return;
                case { Status: JobStatuses.Failed or JobStatuses.Cancelled } job:
                    throw new CannotRunException("demo_not_imported", $"The demo's {file}.csv was not imported ({job.Status}, {job.Result}): start with --no-demo, or with another CRM_HOME.");
                default:
                    if (!await worker.WorkAsync(cancellationToken))
                        await Task.Delay(Pause, cancellationToken);
                    break;
            }
        }
    }

    private static async Task<JobDto?> FindAsync(IServiceProvider services, Guid jobId, CancellationToken cancellationToken)
    {
        try
        {
            return await DemoSeed.SendAsync(services, new GetJob(jobId), cancellationToken);
        }
        catch (NotFoundException)
        {
            return null;
        }
    }

    // A UUIDv7 with the tenant's time, and the hash of tenant and file in place of random bits.
    private static Guid JobIdOf(Guid tenantId, string file)
    {
        Span<byte> bytes = stackalloc byte[16];
        tenantId.TryWriteBytes(bytes, bigEndian: true, out _);
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenantId:D} {file}")).AsSpan(0, 10).CopyTo(bytes[6..]);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
