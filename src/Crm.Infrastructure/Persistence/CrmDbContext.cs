using Crm.Application.Persistence;
using Crm.Domain.ApiKeys;
using Crm.Domain.ChangeLog;
using Crm.Domain.Common;
using Crm.Domain.Companies;
using Crm.Domain.Contacts;
using Crm.Domain.Deals;
using Crm.Domain.Identity;
using Crm.Domain.Pipelines;
using Crm.Domain.Products;
using Crm.Domain.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Crm.Infrastructure.Persistence;

/// <summary>
/// The model, and the unit of work of commands that change aggregates. Contexts are pooled: <see cref="TenantId"/> is stamped at every
/// lease,
/// since a pooled context would otherwise keep the tenant of the one before.
/// </summary>
public sealed class CrmDbContext(DbContextOptions<CrmDbContext> options) : DbContext(options), ICrmDatabase
{
    /// <summary>The named query filter that keeps tenants apart.</summary>
    public const string TenantFilter = "tenant";

    /// <summary>The named query filter that hides the trash.</summary>
    public const string TrashFilter = "trash";

    /// <summary>
    /// The tenant whose rows the filters let through; <see cref="Guid.Empty"/>, which no row has, until a session stamps it.
    /// </summary>
    public Guid TenantId { get; internal set; }

    /// <summary>Companies.</summary>
    public DbSet<Company> Companies => Set<Company>();

    /// <summary>Contacts.</summary>
    public DbSet<Contact> Contacts => Set<Contact>();

    /// <summary>Products.</summary>
    public DbSet<Product> Products => Set<Product>();

    /// <inheritdoc />
    public DbSet<Pipeline> Pipelines => Set<Pipeline>();

    /// <inheritdoc />
    public DbSet<Stage> Stages => Set<Stage>();

    /// <inheritdoc />
    public DbSet<Deal> Deals => Set<Deal>();

    /// <inheritdoc />
    public DbSet<StageChange> StageChanges => Set<StageChange>();

    /// <inheritdoc />
    public DbSet<Role> Roles => Set<Role>();

    /// <inheritdoc />
    public DbSet<Membership> Memberships => Set<Membership>();

    /// <inheritdoc />
    public DbSet<Member> Members => Set<Member>();

    /// <inheritdoc />
    public DbSet<Invitation> Invitations => Set<Invitation>();

    /// <inheritdoc />
    public DbSet<OneTimeLink> OneTimeLinks => Set<OneTimeLink>();

    /// <inheritdoc />
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <inheritdoc />
    public DbSet<ApiKeySecret> ApiKeySecrets => Set<ApiKeySecret>();

    /// <summary>The change log.</summary>
    public DbSet<Change> Changes => Set<Change>();

    /// <summary>Users, above tenants.</summary>
    public DbSet<User> Users => Set<User>();

    /// <summary>The tenants themselves.</summary>
    public DbSet<Tenant> Tenants => Set<Tenant>();

    /// <inheritdoc />
    public void ExpectVersion(Record record, int version) =>
        Entry(record).Property(r => r.Version).OriginalValue = version;

    /// <inheritdoc />
    /// <remarks>Said before the model is built: a type met as a property's would otherwise be taken for an entity.</remarks>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.ComplexProperties<Money>();
        configurationBuilder.Properties<RuleDictionary>().HaveColumnType("jsonb");
        configurationBuilder.IgnoreAny<ContactPoint>();
        configurationBuilder.IgnoreAny<PostalAddress>();
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CrmDbContext).Assembly);
        modelBuilder.ApplyConventions(this);
    }
}
