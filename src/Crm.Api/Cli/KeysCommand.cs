using System.CommandLine;
using System.Globalization;
using Crm.Application.ApiKeys;
using Crm.Application.Identity;

namespace Crm.Api.Cli;

/// <summary><c>crm keys</c>: keeps the keys that sign access tokens and the peppers of API keys.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var rotate = new Command("rotate", "Adds a new signing key beside the one in use, which it takes the place of some minutes later; nobody is signed out. Prints its id, that time and the name of its file.");
        rotate.SetAction((_, cancellationToken) => CliHost.UseAsync(
            async (_, mediator) =>
            {
                var key = await mediator.Send(new RotateSigningKey(), cancellationToken);
                await Console.Out.WriteLineAsync($"{key.Id}\t{key.SignsFrom.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\t{key.File}");
            },
            cancellationToken));
        var rotatePepper = new Command("rotate-pepper", "Adds a new pepper for the hashes of API keys, used for new secrets a minute later; keys made before stay good. Prints its id, that time and the name of its file.");
        rotatePepper.SetAction((_, cancellationToken) => CliHost.UseAsync(
            async (_, mediator) =>
            {
                var pepper = await mediator.Send(new RotateApiKeyPepper(), cancellationToken);
                await Console.Out.WriteLineAsync($"{pepper.Id}\t{pepper.UsedFrom.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\t{pepper.File}");
            },
            cancellationToken));
        return new Command("keys", "Keeps the keys that sign access tokens, and the peppers of API keys.") { rotate, rotatePepper };
    }
}
