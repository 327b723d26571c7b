namespace Crm.Testing;

/// <summary>Holds a test server until its input ends: <c>Crm.Testing HOME</c> writes one line when the server is ready.</summary>
internal static class TestClusterProcess
{
    private static async Task<int> Main(string[] args)
    {
        if (args.Length != 1)
        {
            await Console.Error.WriteLineAsync("Usage: Crm.Testing HOME");
            return 2;
        }

        var cluster = await TestCluster.StartAsync(args[0]);
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Whatever is said, only the end counts.
        }

        await TestCluster.DiscardAsync(cluster);
        return 0;
    }
}
