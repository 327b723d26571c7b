using System.CommandLine;
using Crm.Application.Authorization;
using Crm.Application.Secrets;
using Crm.Infrastructure.Secrets;
using MediatR;

namespace Crm.Api.Cli;

/// <summary>
/// <c>crm secrets</c>: keeps what is encrypted, and the keys it is encrypted with. Each verb may be killed at any moment and is finished by
/// another run.
/// </summary>
internal static class SecretsCommand
{
    private const int MostNamed = 20;

    private static readonly Option<string?> Tenant = new("--tenant") { Description = "The tenant whose secrets are encrypted anew.", HelpName = "identifier" };
    private static readonly Option<bool> All = new("--all") { Description = "Encrypts the secrets of all tenants anew." };

    public static Command Create()
    {
        var rotateKek = new Command("rotate-kek", "Goes over to another key-encryption key, once every node has it; makes the first one. Prints its id, the name of its file and how many data keys were wrapped anew.");
        rotateKek.SetAction((_, cancellationToken) => RunAsync(async (services, mediator) =>
        {
            var rotated = await mediator.Send(new RotateKeyEncryptionKey(), cancellationToken);
            var file = (await services.GetRequiredService<IKeyRing>().ListAsync(cancellationToken)).FirstOrDefault(key => key.Id == rotated.KeyId)?.File;
            await Console.Out.WriteLineAsync($"key-encryption key {rotated.KeyId}{(file is null ? "" : $" in {file}")}");
            return rotated.Counts;
        }, "data keys wrapped anew", cancellationToken));

        var rotateDek = new Command("rotate-dek", "Gives a tenant, or each, another data key and encrypts its secrets anew.") { Tenant, All };
        rotateDek.Validators.Add(result =>
        {
            if (result.GetValue(Tenant) is null != result.GetValue(All))
                result.AddError("Say either --tenant or --all.");
        });
        rotateDek.SetAction((parsed, cancellationToken) => RunAsync((_, mediator) => mediator.Send(new RotateDataKeys(parsed.GetValue(Tenant)), cancellationToken), "secrets encrypted anew", cancellationToken));

        var encrypt = new Command("encrypt", "Encrypts what stands in the clear from before it was to be encrypted; serve does so too before it serves.");
        encrypt.SetAction((_, cancellationToken) => RunAsync((_, mediator) => mediator.Send(new EncryptSecrets(), cancellationToken), "secrets encrypted", cancellationToken));

        var verify = new Command("verify", "Decrypts every secret and names those that cannot be read; exit code 1 when there are any.");
        verify.SetAction((_, cancellationToken) => RunAsync((_, mediator) => mediator.Send(new VerifySecrets(), cancellationToken), "secrets looked at", cancellationToken));

        return new Command("secrets", "Keeps what is encrypted, and the keys it is encrypted with.") { rotateKek, rotateDek, encrypt, verify };
    }

    /// <summary>
    /// What is done before anything is served: the keys are looked at, and what stands in the clear from before is encrypted.
    /// </summary>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<IEncryptionStart>().VerifyAsync(cancellationToken);
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICallerSetter>().Set(CallerIdentity.System("start"));
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new EncryptSecrets(), cancellationToken);
    }

    private static async Task<int> RunAsync(Func<IServiceProvider, IMediator, Task<SecretCounts>> run, string done, CancellationToken cancellationToken)
    {
        var unreadable = 0;
        await CliHost.UseAsync(async (services, mediator) =>
        {
            var counts = await run(services, mediator);
            await Console.Out.WriteLineAsync($"{counts.Done} {done}, {counts.Unreadable.Count} unreadable");
            foreach (var cell in counts.Unreadable.Take(MostNamed))
                await Console.Error.WriteLineAsync($"cannot be read: {cell}");
            unreadable = counts.Unreadable.Count;
        }, cancellationToken);
        return unreadable == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}
