namespace Crm.Benchmarks.Load;

/// <summary>
/// Chooses what each request is about. The same seed gives the same choices, so both servers get the same requests; each connection has
/// contacts and deals of its own, so that two writes never wait for each other's row.
/// </summary>
internal sealed class Picker(BenchIds ids, int connection, int connections, long run, ulong seed)
{
    private ulong _state = (seed * 1_000_003UL) + (ulong)connection + 1UL;

    public Pick Next(long sequence)
    {
        var tenantIndex = (int)(Random() % (ulong)ids.Tenants.Count);
        var tenant = ids.Tenants[tenantIndex];
        var contact = Own(tenant.Contacts);
        var company = tenant.Companies[(int)(Random() % (ulong)tenant.Companies.Length)];

        // The stage follows the number, not the seed: with the seed the second server would find the deal where the first one moved it.
        return new Pick(tenantIndex, contact, company, Own(tenant.Deals), tenant.Stages[sequence % tenant.Stages.Length], run, sequence);
    }

    private Guid Own(Guid[] ids) => ids[connection + (connections * (int)(Random() % (ulong)(ids.Length / connections)))];

    // SplitMix64: one addition and three mixing steps a number, good enough to spread requests.
    private ulong Random()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
