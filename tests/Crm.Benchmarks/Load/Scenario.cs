namespace Crm.Benchmarks.Load;

/// <summary>What one request is about.</summary>
/// <param name="Run">A number that no other run on this database has.</param>
/// <param name="Sequence">A number that no other request of this run has.</param>
internal readonly record struct Pick(int TenantIndex, Guid ContactId, Guid CompanyId, Guid DealId, Guid StageId, long Run, long Sequence);

/// <summary>One kind of request, as the report names it.</summary>
internal abstract class Scenario
{
    /// <summary>All of them, in the order in which they are run: reads before writes, so that all reads see the same rows.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
        [new GetScenario(), new PageScenario(), new AggregateScenario(), new PatchScenario(), new MoveScenario(), new CreateScenario()];

    public abstract string Name { get; }

    public abstract string Title { get; }

    public virtual ReadOnlySpan<byte> Method => "GET"u8;

    /// <summary>The status that a right answer has.</summary>
    public virtual int ExpectedStatus => 200;

    /// <summary>Whether answers to the same request are equal, value by value; otherwise only their members are.</summary>
    public virtual bool IsRead => true;

    /// <summary>Writes path and query.</summary>
    public abstract void WritePath(ref RequestWriter writer, in Pick pick);

    /// <summary>Writes the JSON body, if there is one.</summary>
    public virtual void WriteBody(ref RequestWriter writer, in Pick pick)
    {
    }
}

internal sealed class GetScenario : Scenario
{
    public override string Name => "get";

    public override string Title => "a contact with its company";

    public override void WritePath(ref RequestWriter writer, in Pick pick)
    {
        writer.Append("/api/v1/contacts/"u8);
        writer.Append(pick.ContactId);
        writer.Append("?expand=company"u8);
    }
}

internal sealed class PageScenario : Scenario
{
    public override string Name => "page";

    public override string Title => "50 of the customers, newest first, with the company's name";

    public override void WritePath(ref RequestWriter writer, in Pick pick)
    {
        writer.Append("/api/v1/contacts?filter%5BlifecycleStage%5D=customer&sort=-createdAt&limit=50&fields=id,version,createdAt,"u8);
        writer.Append("updatedAt,ownerId,firstName,lastName,email,lifecycleStage,companyId,company.name"u8);
    }
}

internal sealed class AggregateScenario : Scenario
{
    public override string Name => "aggregate";

    public override string Title => "count and sum of deals by stage";

    public override ReadOnlySpan<byte> Method => "POST"u8;

    public override void WritePath(ref RequestWriter writer, in Pick pick) => writer.Append("/api/v1/reports/aggregate"u8);

    public override void WriteBody(ref RequestWriter writer, in Pick pick) => writer.Append(
        """{"recordType":"deal","groupBy":[{"field":"stageId"}],"measures":[{"op":"count"},{"op":"sum","field":"amount"}]}"""u8);
}

internal sealed class PatchScenario : Scenario
{
    public override string Name => "patch";

    public override string Title => "a contact's job title, with its change";

    public override ReadOnlySpan<byte> Method => "PATCH"u8;

    public override bool IsRead => false;

    public override void WritePath(ref RequestWriter writer, in Pick pick)
    {
        writer.Append("/api/v1/contacts/"u8);
        writer.Append(pick.ContactId);
    }

    public override void WriteBody(ref RequestWriter writer, in Pick pick)
    {
        writer.Append("{\"jobTitle\":\"Title "u8);
        writer.Append(pick.Run);
        writer.Append("-"u8);
        writer.Append(pick.Sequence);
        writer.Append("\"}"u8);
    }
}

internal sealed class MoveScenario : Scenario
{
    public override string Name => "move";

    public override string Title => "a deal to the end of a column of the board, with its change and stage history";

    public override ReadOnlySpan<byte> Method => "POST"u8;

    public override bool IsRead => false;

    public override void WritePath(ref RequestWriter writer, in Pick pick)
    {
        writer.Append("/api/v1/deals/"u8);
        writer.Append(pick.DealId);
        writer.Append("/move"u8);
    }

    public override void WriteBody(ref RequestWriter writer, in Pick pick)
    {
        writer.Append("{\"stageId\":\""u8);
        writer.Append(pick.StageId);
        writer.Append("\"}"u8);
    }
}

internal sealed class CreateScenario : Scenario
{
    public override string Name => "create";

    public override string Title => "a contact, with its change";

    public override ReadOnlySpan<byte> Method => "POST"u8;

    public override int ExpectedStatus => 201;

    public override bool IsRead => false;

    public override void WritePath(ref RequestWriter writer, in Pick pick) => writer.Append("/api/v1/contacts"u8);

    public override void WriteBody(ref RequestWriter writer, in Pick pick)
    {
        writer.Append("{\"firstName\":\"Nova\",\"lastName\":\"Bench "u8);
        writer.Append(pick.Sequence);
        writer.Append("\",\"jobTitle\":\"Buyer\",\"emails\":[{\"value\":\"nova"u8);
        writer.Append(pick.Run);
        writer.Append("-"u8);
        writer.Append(pick.Sequence);
        writer.Append("@bench.example\",\"label\":\"work\"}],\"lifecycleStage\":\"lead\",\"companyId\":\""u8);
        writer.Append(pick.CompanyId);
        writer.Append("\"}"u8);
    }
}
