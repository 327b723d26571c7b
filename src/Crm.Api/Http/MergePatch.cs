using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Crm.Application.Records;
using Crm.Domain.Common;

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
    /// <param name="context">The request.</param>
    /// <param name="shape">How that looks in JSON.</param>
    /// <param name="read">Reads what is there.</param>
    /// <param name="versionOf">Tells its version.</param>
    /// <param name="shapeOf">Takes from it what can be changed.</param>
    /// <param name="write">Writes what it is to be, if it still has the version.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="InvalidException">Members are unknown or of the wrong type; all are told.</exception>
    /// <exception cref="StaleVersionException">It does not have the version that the client named.</exception>
    public static async Task<TAnswer> PatchAsync<TAnswer, TShape>(
        this HttpContext context, JsonTypeInfo<TShape> shape, Func<Task<TAnswer>> read, Func<TAnswer, int> versionOf, Func<TAnswer, TShape> shapeOf,
        Func<TShape, int, Task<TAnswer>> write)
    {
        using var body = await context.ReadJsonAsync(MediaTypes);
        TypedBinder.Bind(body.RootElement, shape);
        var patch = JsonObject.Create(body.RootElement)!;
        return await context.AtExpectedVersionAsync(expected => ApplyAsync(patch, shape, expected, read, versionOf, shapeOf, write));
    }

    private static async Task<TAnswer> ApplyAsync<TAnswer, TShape>(
        JsonObject patch, JsonTypeInfo<TShape> shape, int? expected, Func<Task<TAnswer>> read, Func<TAnswer, int> versionOf, Func<TAnswer, TShape> shapeOf,
        Func<TShape, int, Task<TAnswer>> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            var current = await read();
            var merged = Merge(JsonSerializer.SerializeToNode(shapeOf(current), shape), patch);
            using var whole = JsonDocument.Parse(merged.ToJsonString());
            try
            {
                return await write(TypedBinder.Bind(whole.RootElement, shape), expected ?? versionOf(current));
            }
            catch (StaleVersionException) when (expected is null && attempt < MaxTries)
            {
                // Someone else was faster; the client named no version, so its patch is meant for whatever there is.
            }
        }
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
