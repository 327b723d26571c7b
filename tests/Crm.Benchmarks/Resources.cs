namespace Crm.Benchmarks;

/// <summary>The texts that lie in the assembly.</summary>
internal static class Resources
{
    /// <summary>Reads one.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no resource '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
