using System.Globalization;
using System.Text.Json.Nodes;
using Crm.Attack;

// Crm.Attack <demo.json> [requests] [seed] [workers]: fuzzes the running API that the file tells how to sign in to.
if (args.Length is 0 or > 4)
{
    await Console.Error.WriteLineAsync("usage: Crm.Attack <demo.json> [requests=100000] [seed] [workers=16]");
    return 2;
}

var access = JsonNode.Parse(await File.ReadAllTextAsync(args[0]))!;
var tenant = access["tenants"]![0]!;
int Number(int place, int otherwise) => args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;
var campaign = new Campaign(new Uri((string)access["baseUrl"]!), Number(2, Environment.TickCount & int.MaxValue))
{
    Credentials =
    [
        new JsonObject { ["tenant"] = (string)tenant["identifier"]!, ["email"] = (string)tenant["email"]!, ["password"] = (string)tenant["password"]! },
        new JsonObject { ["email"] = (string)access["host"]!["email"]!, ["password"] = (string)access["host"]!["password"]! },
    ],
    Requests = Number(1, 100_000),
    Workers = Number(3, 16),
};
var result = await campaign.RunAsync(CancellationToken.None);
await Console.Out.WriteLineAsync(result.ToTable());
return result.Unexplained.Count == 0 ? 0 : 1;
