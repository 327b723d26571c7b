using Crm.Api.Cli;

return await CommandLine.RunAsync(args);
