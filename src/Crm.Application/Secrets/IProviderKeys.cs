using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Crm.Application.Records;
using Crm.Domain.ChangeLog;

namespace Crm.Application.Secrets;

/// <summary>The secrets of the present tenant for outside services, for the features that call these.</summary>
public interface IProviderKeys
{
    /// <summary>Opens the secret for a service. The use is kept for the tenant's admins before the secret is handed out.</summary>
    /// <exception cref="Domain.Common.NotFoundException">The tenant has no live key for the service.</exception>
    /// <exception cref="Domain.Common.UnavailableException"><c>secret_unreadable</c>: what is stored was changed, moved or swapped, or its
    /// key is missing.</exception>
    Task<ProviderSecret> UseAsync(string provider, string purpose, CancellationToken cancellationToken);

    /// <summary>Removes the stored secret of a key, whose row stays; to be called within a transaction.</summary>
    Task EraseAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Reads a page of what a key was used for, latest first.</summary>
    /// <exception cref="Domain.Common.InvalidException">The cursor is not one of this list.</exception>
    Task<Page<ProviderKeyUse>?> ListUsesAsync(Guid id, int limit, string? cursor, CancellationToken cancellationToken);
}

/// <summary>A secret in the clear, for the moment of its use; disposing it overwrites it.</summary>
public sealed class ProviderSecret(byte[] utf8) : IDisposable
{
    /// <summary>The secret in UTF-8; zeros once disposed.</summary>
    public ReadOnlySpan<byte> Utf8 => utf8;

    /// <summary>The secret as a text, for what takes nothing else; a text cannot be overwritten, so it is made only here.</summary>
    public string Reveal() => Encoding.UTF8.GetString(utf8);

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(utf8);

    /// <summary>The name of the type alone: a secret must not end up in a log.</summary>
    public override string ToString() => nameof(ProviderSecret);
}

/// <summary>One use of a provider key.</summary>
/// <param name="Id">The use.</param>
/// <param name="At">When.</param>
/// <param name="Purpose">What for, such as <c>lead_analysis</c>.</param>
/// <param name="Outcome">Whether the secret was handed out: one of <see cref="ProviderKeyOutcomes"/>.</param>
/// <param name="ActorType">Who did it: <c>user</c>, <c>api_key</c>, or <c>system</c> for a job of its own.</param>
/// <param name="ActorId">The user or key; null for the system.</param>
public sealed record ProviderKeyUse(
    Guid Id, DateTime At, string Purpose,
    [property: AllowedValues(ProviderKeyOutcomes.Opened, ProviderKeyOutcomes.Unreadable)] string Outcome,
    [property: AllowedValues(ActorTypes.User, ActorTypes.ApiKey, ActorTypes.System)] string ActorType, Guid? ActorId);

/// <summary>What can come of using a provider key.</summary>
public static class ProviderKeyOutcomes
{
    /// <summary>The secret was handed out.</summary>
    public const string Opened = "opened";

    /// <summary>What is stored could not be read, so nothing was handed out.</summary>
    public const string Unreadable = "unreadable";
}
