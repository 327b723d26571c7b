using System.Globalization;

namespace Crm.Benchmarks;

/// <summary>What a verb was asked to do, as <c>--name value</c> pairs and <c>--flag</c>s.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Reads the words behind the verb.</summary>
    /// <exception cref="UsageException">A word is not an option.</exception>
    public Options(ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
                throw new UsageException($"'{words[i]}' is not an option.");

            var hasValue = i + 1 < words.Length && !words[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[words[i][2..]] = hasValue ? words[++i] : "";
        }
    }

    /// <summary>Whether a flag is on the command line.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The text of an option.</summary>
    /// <exception cref="UsageException">It is missing and has no default.</exception>
    public string Text(string name, string? otherwise = null) =>
        _values.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : otherwise ?? throw new UsageException($"--{name} is missing.");

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="UsageException">It is none, or out of bounds.</exception>
    public int Number(string name, int otherwise, int least, int most)
    {
        var text = Text(name, otherwise.ToString(CultureInfo.InvariantCulture));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"--{name} is a whole number from {least} to {most}.");
    }
}

/// <summary>The command line asks for something there is not; the message is shown as it is.</summary>
internal sealed class UsageException(string message) : Exception(message);
