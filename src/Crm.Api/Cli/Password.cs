using System.Text;

namespace Crm.Api.Cli;

/// <summary>A password given to a command: never as an argument, which every account of the machine could read.</summary>
internal static class Password
{
    /// <summary>The environment variable it is read from.</summary>
    public const string Variable = "CRM_PASSWORD";

    /// <summary>Reads the password from the environment, else asks for it twice without showing it.</summary>
    /// <exception cref="Domain.Common.CannotRunException">There is nobody to ask, or the two differ.</exception>
    public static string Read()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return given;
        if (Console.IsInputRedirected)
            throw CliErrors.NoPassword();

        var password = Ask("Password: ");
        return password == Ask("The same again: ") ? password : throw CliErrors.PasswordsDiffer();
    }

    private static string Ask(string question)
    {
        Console.Error.Write(question);
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                text.Length = Math.Max(0, text.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                text.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return text.ToString();
    }
}
