namespace Crm.Benchmarks.Data;

/// <summary>How much data a run works on; all but the first number are per tenant.</summary>
internal sealed record BenchSize(int Tenants, int Contacts, int Companies, int Deals)
{
    /// <summary>Reads the sizes from the command line.</summary>
    public static BenchSize From(Options options) => new(
        options.Number("tenants", 20, 1, 1_000),
        options.Number("contacts", 10_000, 100, 1_000_000),
        options.Number("companies", 500, 1, 100_000),
        options.Number("deals", 5_000, 1, 1_000_000));
}
