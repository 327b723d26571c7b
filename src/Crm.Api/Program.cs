using Crm.Api.Hosting;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddCrm(builder.Configuration.GetConnectionString("Crm")!);
var app = builder.Build();
app.UseCrm();
await app.RunAsync();
