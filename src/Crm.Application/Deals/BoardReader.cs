using System.Text.Json;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Application.Deals;

/// <summary>Reads the body that asks for a board and finds all its faults at once.</summary>
public sealed class BoardReader(RecordType deals, RecordQueryReader query)
{
    private const int DefaultLimit = 20;
    private static readonly string[] OwnMembers = ["pipelineId", "stageId"];
    private static readonly string[] QueryMembers = ["filter", "fields", "expand", "limit", "cursor"];

    /// <summary>Reads the body. A member that is <c>null</c> is as one left out.</summary>
    /// <exception cref="InvalidException">There are faults; all are told.</exception>
    public GetDealBoard Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new InvalidException([FieldErrors.Type("", "an object")]);

        var errors = new List<FieldError>();
        var sent = body.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null || !QueryMembers.Contains(m.Name)).ToList();
        var (pipelineId, stageId) = (Id(body, "pipelineId", errors), Id(body, "stageId", errors));
        if (stageId is null && sent.Exists(m => m.NameEquals("cursor")))
            errors.Add(FieldError.At("/cursor", "contradiction", "A cursor belongs to one column; name its stageId."));

        var cards = query.ReadMembers(sent.Where(m => !OwnMembers.Contains(m.Name)), QueryMembers, DefaultLimit, errors);
        return new GetDealBoard(pipelineId, stageId, cards with { Sort = BoardQuery.Order(deals) });
    }

    private static Guid? Id(JsonElement body, string name, List<FieldError> errors)
    {
        if (!body.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
            return null;
        if (JsonValueReader.Text(member, "/" + name, 255, errors) is not { } text)
            return null;
        if (Guid.TryParseExact(text, "D", out var id))
            return id;
        errors.Add(FieldErrors.Type("/" + name, "a UUID"));
        return null;
    }
}
