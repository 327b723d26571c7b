using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Application.Records;
using Crm.Application.Secrets;

namespace Crm.Api.Secrets;

/// <summary>Another secret for a provider key.</summary>
/// <param name="Secret">The new secret, 16–8192 characters.</param>
internal sealed record RotateProviderKeyBody(string Secret)
{
    /// <summary>The name alone: the secret must not end up in a log.</summary>
    public override string ToString() => nameof(RotateProviderKeyBody);
}

/// <summary>A page of what a provider key was used for.</summary>
/// <param name="Data">The uses, latest first.</param>
/// <param name="Page">Where it goes on.</param>
internal sealed record ProviderKeyUsesAnswer(IReadOnlyList<ProviderKeyUse> Data, PageInfo Page);

/// <summary>How provider keys look in JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateProviderKey))]
[JsonSerializable(typeof(RotateProviderKeyBody))]
[JsonSerializable(typeof(ProviderKeyUsesAnswer))]
internal sealed partial class SecretJson : JsonSerializerContext;
