using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Crm.Application.Bodies;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Api.Http;

/// <summary>Changes what is no record by a merge patch (RFC 7396): absent members stay, null clears, objects are merged.</summary>
internal static class MergePatch
{
    /// <summary>The media types of a patch.</summary>
    public static readonly string[] MediaTypes = ["application/merge-patch+json", "application/json"];

    private const int MaxTries = 3;

    /// <summary>Reads a patch, applies it to what is there, and writes that.</summary>
    /// <typeparam name="TAnswer">What is read and answered.</typeparam>
    /// <typeparam name="TShape">What can be changed of it; a record whose members may all be left out.</typeparam>
    /// <typeparam name="TRequest">The request that writes it.</typeparam>
    /// <exception cref="InvalidException">Members are unknown or of the wrong type; all are told, and what the rules hold against the
    /// others.</exception>
    /// <exception cref="StaleVersionException">It does not have the version that the client named.</exception>
    public static async Task<TAnswer> PatchAsync<TAnswer, TShape, TRequest>(
        this HttpContext context, JsonTypeInfo<TShape> shape, Func<Task<TAnswer>> read, Func<TAnswer, int> versionOf, Func<TAnswer, TShape> shapeOf,
        Func<TShape, int, TRequest> write)
        where TRequest : IRequest<TAnswer>
    {
        using var body = await context.ReadJsonAsync(MediaTypes);
        // What is there is not read for a patch with faults, so only the members sent are looked at.
        context.DemandForm<TRequest>(body.RootElement, shape);
        var patch = JsonObject.Create(body.RootElement)!;
        return await context.AtExpectedVersionAsync(async expected =>
        {
            for (var attempt = 1; ; attempt++)
            {
                var current = await read();
                var merged = Merge(JsonSerializer.SerializeToNode(shapeOf(current), shape), patch);
                using var whole = JsonDocument.Parse(merged.ToJsonString());
                try
                {
                    return await context.SendAsync(write(TypedBody.Bind(whole.RootElement, shape), expected ?? versionOf(current)));
                }
                catch (StaleVersionException) when (expected is null && attempt < MaxTries)
                {
                    // Someone else was faster; the client named no version, so its patch is meant for whatever there is.
                }
            }
        });
    }

    private static JsonObject Merge(JsonNode? target, JsonObject patch)
    {
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in patch)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value is JsonObject inner ? Merge(merged[name]?.DeepClone(), inner) : value.DeepClone();
        }

        return merged;
    }
}
