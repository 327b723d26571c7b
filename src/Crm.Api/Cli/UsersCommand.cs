using System.CommandLine;
using Crm.Application.Identity;

namespace Crm.Api.Cli;

/// <summary><c>crm users</c>: makes administrators.</summary>
internal static class UsersCommand
{
    private static readonly Option<string> Email = new("--email") { Description = "The e-mail address to sign in with.", Required = true, HelpName = "address" };
    private static readonly Option<string> Name = new("--name") { Description = "The name others see.", Required = true, HelpName = "name" };
    private static readonly Option<string?> Tenant = new("--tenant") { Description = "The tenant to own; without it the person becomes an operator of the host.", HelpName = "identifier" };

    public static Command Create()
    {
        var createAdmin = new Command("create-admin", $"Makes a person owner of a tenant, or operator of the host. The password is asked for, or read from {Password.Variable}.") { Email, Name, Tenant };
        createAdmin.SetAction((parsed, cancellationToken) =>
        {
            var password = Password.Read();
            return CliHost.UseAsync(
                async (_, mediator) =>
                {
                    var user = await mediator.Send(
                        new CreateAdmin(parsed.GetValue(Tenant), parsed.GetRequiredValue(Email), parsed.GetRequiredValue(Name), password), cancellationToken);
                    await Console.Out.WriteLineAsync($"{user.Email}\t{user.Id}\t{user.Name}");
                },
                cancellationToken);
        });
        return new Command("users", "Makes administrators.") { createAdmin };
    }
}
