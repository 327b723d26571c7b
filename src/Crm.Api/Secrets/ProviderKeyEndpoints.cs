using Crm.Api.Http;
using Crm.Api.Records;
using Crm.Application.Records;
using Crm.Application.Secrets;
using Crm.Domain.Secrets;

namespace Crm.Api.Secrets;

/// <summary>Provider keys over HTTP. Secrets go in and never come out.</summary>
internal sealed class ProviderKeyEndpoints : IEndpointGroup
{
    private const string Collection = "/api/v1/provider-keys";

    public static void Map(IEndpointRouteBuilder app)
    {
        var type = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(ProviderKey));
        app.MapRecords<ProviderKey>()
            .List(query => new ListProviderKeys(query))
            .Query(query => new QueryProviderKeys(query))
            .Get((id, selection) => new GetProviderKey(id, selection))
            .Update((id, input, version) => new UpdateProviderKey(id, input, version))
            .Delete((id, version, purge) => new DeleteProviderKey(id, version, purge));
        app.MapOperation("POST", Collection, new Operation(typeof(CreateProviderKey), "Keep a secret for an outside service.", OperationKind.Create)
        {
            Record = type,
            Body = typeof(CreateProviderKey),
            SuccessStatus = StatusCodes.Status201Created,
            Conflicts = ["taken"],
        }, async context =>
        {
            var key = await context.SendAsync(await context.ReadJsonAsync(SecretJson.Default.CreateProviderKey));
            context.Response.Headers.Location = $"{Collection}/{key.Id:D}";
            await context.WriteRecordAsync(key, StatusCodes.Status201Created);
        }).WithTags(type.Plural);
        app.MapOperation("POST", Collection + "/{id}/rotate", new Operation(typeof(RotateProviderKey), "Put another secret in the place of the present one.")
        {
            Record = type,
            Body = typeof(RotateProviderKeyBody),
        }, async context =>
        {
            var rotate = await context.ReadJsonAsync(SecretJson.Default.RotateProviderKeyBody, body => new RotateProviderKey(Guid.Empty, body.Secret, null));
            await context.WriteRecordAsync(await context.SendAtVersionAsync(version => rotate with { Id = context.ReadId(type), ExpectedVersion = version }));
        }).WithTags(type.Plural);
        app.MapOperation("GET", Collection + "/{id}/uses", new Operation(typeof(ListProviderKeyUses), "List what a provider key was used for, latest first.")
        {
            Record = type,
            Answer = typeof(ProviderKeyUsesAnswer),
            QueryParameters = ["limit", "cursor"],
        }, async context =>
        {
            var limit = context.ReadLimit();
            var page = await context.SendAsync(new ListProviderKeyUses(context.ReadId(type), limit, context.ReadParameter("cursor")));
            await context.WriteJsonAsync(
                StatusCodes.Status200OK, new ProviderKeyUsesAnswer(page.Data, PageInfo.Of(page.NextCursor)), SecretJson.Default.ProviderKeyUsesAnswer);
        }).WithTags(type.Plural);
    }
}
