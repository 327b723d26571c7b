using Crm.Domain.ApiKeys;
using Crm.Domain.Common;
using Crm.Domain.Deals;
using Crm.Domain.Identity;
using Crm.Domain.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Persistence;

/// <summary>The database as EF Core knows it, for commands that load an aggregate and change it by its rules.</summary>
public interface ICrmDatabase
{
    /// <summary>Deals.</summary>
    DbSet<Deal> Deals { get; }

    /// <summary>The stage history of deals.</summary>
    DbSet<StageChange> StageChanges { get; }

    /// <summary>Pipelines.</summary>
    DbSet<Pipeline> Pipelines { get; }

    /// <summary>Stages.</summary>
    DbSet<Stage> Stages { get; }

    /// <summary>Roles.</summary>
    DbSet<Role> Roles { get; }

    /// <summary>Memberships.</summary>
    DbSet<Membership> Memberships { get; }

    /// <summary>Memberships together with their users' names and addresses; to be read only.</summary>
    DbSet<Member> Members { get; }

    /// <summary>Invitations.</summary>
    DbSet<Invitation> Invitations { get; }

    /// <summary>Links to be mailed, above tenants.</summary>
    DbSet<OneTimeLink> OneTimeLinks { get; }

    /// <summary>API keys.</summary>
    DbSet<ApiKey> ApiKeys { get; }

    /// <summary>The hashed secrets of API keys, above tenants.</summary>
    DbSet<ApiKeySecret> ApiKeySecrets { get; }

    /// <summary>The records of one type.</summary>
    /// <typeparam name="TEntity">A mapped entity.</typeparam>
    DbSet<TEntity> Set<TEntity>()
        where TEntity : class;

    /// <summary>
    /// Says which version of a record the caller means to change, so that saving fails when it is no longer the current one.
    /// </summary>
    void ExpectVersion(Record record, int version);
}
