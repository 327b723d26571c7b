using BenchmarkDotNet.Attributes;
using Crm.Application.Records;
using Crm.Infrastructure.Persistence.Records;
using Microsoft.Extensions.Options;

namespace Crm.Benchmarks.Micro;

/// <summary>Signing a cursor and checking one.</summary>
public class Cursors
{
    private const string Query = "contact r.deleted_at IS NULL AND r.lifecycle_stage = $2 ORDER BY r.created_at DESC, r.id DESC";

    private static readonly Guid Tenant = Guid.CreateVersion7();
    private static readonly object?[] Keys = [new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), Guid.CreateVersion7()];
    private static readonly FieldKind[] Kinds = [FieldKind.Timestamp, FieldKind.Id];

    private readonly CursorCodec _codec = new(new OptionsWrapper<CursorOptions>(new CursorOptions()));
    private string _cursor = "";

    [GlobalSetup]
    public void Setup() => _cursor = Encode();

    [Benchmark]
    public string Encode() => _codec.Encode(Tenant, Query, Keys);

    [Benchmark]
    public object Decode() => _codec.Decode(Tenant, Query, _cursor, Kinds) ?? throw new InvalidOperationException("The cursor is refused.");
}
