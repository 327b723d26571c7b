using System.Text.Json;
using Crm.Domain.ApiKeys;
using Crm.Domain.ChangeLog;
using Crm.Domain.Identity;
using Crm.Domain.Secrets;
using Crm.Domain.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Infrastructure.Persistence.Configurations;

internal sealed class TenantConfiguration : IEntityTypeConfiguration<Tenant>
{
    public void Configure(EntityTypeBuilder<Tenant> builder)
    {
        builder.ToTable("tenants");
        builder.Property(t => t.Id).ValueGeneratedNever();
    }
}

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users");
        builder.Property(u => u.Id).ValueGeneratedNever();
    }
}

internal sealed class RoleConfiguration : IEntityTypeConfiguration<Role>
{
    public void Configure(EntityTypeBuilder<Role> builder)
    {
        builder.ToTable("roles");
        builder.LowerCaseTwin("NameLower");
        builder.PrimitiveCollection(r => r.Permissions);
        AsJson(builder.Property(r => r.Scopes));
        AsJson(builder.Property(r => r.Fields));
    }

    private static void AsJson(PropertyBuilder<RuleDictionary> property) => property
        .HasConversion(
            rules => JsonSerializer.Serialize(rules, JsonSerializerOptions.Web),
            text => new RuleDictionary(JsonSerializer.Deserialize<Dictionary<string, string>>(text, JsonSerializerOptions.Web)!),
            new ValueComparer<RuleDictionary>((a, b) => Equals(a, b), rules => rules.GetHashCode()));
}

internal sealed class TeamConfiguration : IEntityTypeConfiguration<Team>
{
    public void Configure(EntityTypeBuilder<Team> builder)
    {
        builder.ToTable("teams");
        builder.LowerCaseTwin("NameLower");
    }
}

internal sealed class TeamMemberConfiguration : IEntityTypeConfiguration<TeamMember>
{
    public void Configure(EntityTypeBuilder<TeamMember> builder) => builder.ToTable("team_members");
}

internal sealed class MembershipConfiguration : IEntityTypeConfiguration<Membership>
{
    public void Configure(EntityTypeBuilder<Membership> builder)
    {
        builder.ToTable("memberships");

        // Said so that a role is inserted before the membership that has it.
        builder.HasOne<Role>().WithMany().HasForeignKey(nameof(Membership.TenantId), nameof(Membership.RoleId));
    }
}

internal sealed class MemberConfiguration : IEntityTypeConfiguration<Member>
{
    public void Configure(EntityTypeBuilder<Member> builder)
    {
        builder.ToView("members");
        builder.LowerCaseTwin("NameLower");
        builder.LowerCaseTwin("EmailLower");
    }
}

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.ToTable("invitations");
        builder.LowerCaseTwin("EmailLower");
    }
}

internal sealed class OneTimeLinkConfiguration : IEntityTypeConfiguration<OneTimeLink>
{
    public void Configure(EntityTypeBuilder<OneTimeLink> builder)
    {
        builder.ToTable("one_time_links");
        builder.Property(l => l.Id).ValueGeneratedNever();
        builder.LowerCaseTwin("EmailLower");
        builder.PrimitiveCollection(l => l.AskedAt);
    }
}

internal sealed class ProviderKeyConfiguration : IEntityTypeConfiguration<ProviderKey>
{
    public void Configure(EntityTypeBuilder<ProviderKey> builder)
    {
        builder.ToTable("provider_keys");
        builder.LowerCaseTwin("NameLower");
    }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.PrimitiveCollection(k => k.Scopes);
        builder.PrimitiveCollection(k => k.AllowedIps);

        // Written by those who count; a command that loads a key must not put back an older time.
        builder.Property(k => k.LastUsedAt).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
    }
}

internal sealed class ApiKeySecretConfiguration : IEntityTypeConfiguration<ApiKeySecret>
{
    public void Configure(EntityTypeBuilder<ApiKeySecret> builder)
    {
        builder.ToTable("api_key_secrets");
        builder.HasKey(s => s.Hash);
    }
}

internal sealed class ChangeConfiguration : IEntityTypeConfiguration<Change>
{
    public void Configure(EntityTypeBuilder<Change> builder)
    {
        builder.ToTable("changes");
        builder.Property(c => c.At).ValueGeneratedOnAdd();
        builder.Property(c => c.Sequence).ValueGeneratedOnAdd();
        builder.Property(c => c.Fields).HasColumnType("jsonb");
    }
}
