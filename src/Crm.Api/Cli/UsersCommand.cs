using System.CommandLine;
using Crm.Application.Identity;
using Crm.Application.Identity.Lockout;

namespace Crm.Api.Cli;

/// <summary><c>crm users</c>: makes administrators, and unlocks accounts.</summary>
internal static class UsersCommand
{
    private static readonly Option<string> Email = new("--email") { Description = "The e-mail address to sign in with.", Required = true, HelpName = "address" };
    private static readonly Option<string> Name = new("--name") { Description = "The name others see.", Required = true, HelpName = "name" };
    private static readonly Option<string?> Tenant = new("--tenant") { Description = "The tenant to own; without it the person becomes an operator of the host.", HelpName = "identifier" };

    private static readonly Option<bool> KeepPassword = new("--keep-password") { Description = "The person has an account and keeps its password; none is asked for." };
    private static readonly Option<bool> ResetPassword = new("--reset-password") { Description = "If the person has an account, its password is replaced, for all the person's tenants." };

    public static Command Create()
    {
        var createAdmin = new Command("create-admin", $"Makes a person owner of a tenant, or operator of the host. The password is asked for, or read from {Password.Variable}.") { Email, Name, Tenant, KeepPassword, ResetPassword };
        createAdmin.SetAction((parsed, cancellationToken) =>
        {
            var password = parsed.GetValue(KeepPassword) ? null : Password.Read();
            return CliHost.UseAsync(
                async (_, mediator) =>
                {
                    var user = await mediator.Send(
                        new CreateAdmin(
                            parsed.GetValue(Tenant), parsed.GetRequiredValue(Email), parsed.GetRequiredValue(Name), password, parsed.GetValue(ResetPassword)),
                        cancellationToken);
                    await Console.Out.WriteLineAsync($"{user.Email}\t{user.Id}\t{user.Name}");
                },
                cancellationToken);
        });

        var unlock = new Command("unlock", "Unlocks an account at which too many wrong passwords were tried.") { Email };
        unlock.SetAction((parsed, cancellationToken) => CliHost.UseAsync(
            async (_, mediator) => await mediator.Send(new UnlockAccount(parsed.GetRequiredValue(Email)), cancellationToken),
            cancellationToken));
        return new Command("users", "Makes administrators, and unlocks accounts.") { createAdmin, unlock };
    }
}
