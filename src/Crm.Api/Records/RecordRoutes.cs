using Crm.Api.Http;
using Crm.Application.Records;
using Crm.Domain.Common;
using MediatR;

namespace Crm.Api.Records;

/// <summary>
/// Maps the verbs that all record types share. Each feature names its own requests, so that every operation has a type, a permission and a
/// name of its own.
/// </summary>
/// <typeparam name="TRecord">The entity.</typeparam>
internal sealed class RecordRoutes<TRecord>(IEndpointRouteBuilder app)
    where TRecord : Record
{
    private readonly RecordType _type = app.ServiceProvider.GetRequiredService<RecordModel>().Of(typeof(TRecord));

    private string Collection => "/api/v1/" + _type.Path;

    private string Item => Collection + "/{id}";

    public RecordRoutes<TRecord> Get<TRequest>(Func<Guid, RecordSelection, TRequest> request)
        where TRequest : IRequest<RecordDocument> => Map<TRequest>("GET", Item, OperationKind.Get, $"Read one {_type.Noun}.", async context =>
        {
            var selection = context.QueryReader(_type).ReadSelection(context.ReadParameter("fields"), context.ReadParameter("expand"));
            var record = await context.SendAsync(request(context.ReadId(_type), selection));
            if (!selection.IsWhole)
            {
                await context.WriteJsonAsync(StatusCodes.Status200OK, record.WriteTo);
            }
            else if (context.Request.Headers.IfNoneMatch.Count > 0 && context.Has(Answers.ETag(record.Version)))
            {
                context.Response.Headers.ETag = Answers.ETag(record.Version);
                context.Response.StatusCode = StatusCodes.Status304NotModified;
            }
            else
            {
                await context.WriteRecordAsync(record);
            }
        }, ["fields", "expand"]);

    public RecordRoutes<TRecord> List<TRequest>(Func<RecordQuery, TRequest> request)
        where TRequest : IRequest<RecordPage> => Map<TRequest>("GET", Collection, OperationKind.List, $"List {_type.Nouns}.", async context =>
        {
            var query = context.QueryReader(_type).ReadParameters(context.Request.Query.Select(p => KeyValuePair.Create(p.Key, p.Value.Select(v => v ?? "").ToArray())));
            await context.WritePageAsync(await context.SendAsync(request(query)));
        }, RecordQueryReader.Parameters);

    public RecordRoutes<TRecord> Query<TRequest>(Func<RecordQuery, TRequest> request)
        where TRequest : IRequest<RecordPage> => Map<TRequest>("POST", Collection + "/query", OperationKind.Query, $"List {_type.Nouns} by a query in the body.", async context =>
        {
            using var body = await context.ReadJsonAsync("application/json");
            await context.WritePageAsync(await context.SendAsync(request(context.QueryReader(_type).ReadBody(body.RootElement))));
        });

    public RecordRoutes<TRecord> Create<TRequest>(Func<RecordInput<TRecord>, TRequest> request)
        where TRequest : IRequest<RecordDocument> => Map<TRequest>("POST", Collection, OperationKind.Create, $"Create {_type.OneNoun}.", async context =>
        {
            using var body = await context.ReadJsonAsync("application/json");
            var record = await context.SendAsync(request(RecordBinder.BindCreate<TRecord>(_type, body.RootElement, context.Access())));
            context.Response.Headers.Location = $"{Collection}/{record.Id:D}";
            await context.WriteRecordAsync(record, StatusCodes.Status201Created);
        });

    public RecordRoutes<TRecord> Update<TRequest>(Func<Guid, RecordInput<TRecord>, int?, TRequest> request, params IReadOnlyList<string> conflicts)
        where TRequest : IRequest<RecordDocument> => Map<TRequest>("PATCH", Item, OperationKind.Update, $"Change {_type.OneNoun} by a merge patch.", async context =>
        {
            using var body = await context.ReadJsonAsync("application/merge-patch+json", "application/json");
            var input = RecordBinder.BindUpdate<TRecord>(_type, body.RootElement, context.Access());
            await context.WriteRecordAsync(await context.SendAtVersionAsync(version => request(context.ReadId(_type), input, version)));
        }, conflicts: conflicts);

    public RecordRoutes<TRecord> Delete<TRequest>(Func<Guid, int?, bool, TRequest> request)
        where TRequest : IRequest<Unit> => Map<TRequest>("DELETE", Item, OperationKind.Delete, $"Put {_type.OneNoun} in the trash, or remove it for good.", async context =>
        {
            var purge = context.ReadFlag("purge");
            await context.SendAtVersionAsync(version => request(context.ReadId(_type), version, purge));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }, ["purge"]);

    public RecordRoutes<TRecord> Restore<TRequest>(Func<Guid, int?, TRequest> request)
        where TRequest : IRequest<RecordDocument> => Map<TRequest>("POST", Item + "/restore", OperationKind.Restore, $"Take {_type.OneNoun} out of the trash; a live one stays as it is.", async context =>
            await context.WriteRecordAsync(await context.SendAtVersionAsync(version => request(context.ReadId(_type), version))));

    private RecordRoutes<TRecord> Map<TRequest>(
        string method, string pattern, OperationKind kind, string summary, RequestDelegate handle, IReadOnlyList<string>? parameters = null, IReadOnlyList<string>? conflicts = null)
    {
        app.MapOperation(method, pattern, new Operation(typeof(TRequest), summary, kind)
        {
            Record = _type,
            QueryParameters = parameters ?? [],
            Conflicts = conflicts ?? [],
            TakesFilters = kind == OperationKind.List,
            SuccessStatus = kind switch { OperationKind.Create => StatusCodes.Status201Created, OperationKind.Delete => StatusCodes.Status204NoContent, _ => StatusCodes.Status200OK },
        }, handle).WithTags(_type.Plural);
        return this;
    }
}

/// <summary>The way in to <see cref="RecordRoutes{TRecord}"/>.</summary>
internal static class RecordRoutes
{
    /// <summary>Begins to map a record type.</summary>
    /// <typeparam name="TRecord">The entity.</typeparam>
    public static RecordRoutes<TRecord> MapRecords<TRecord>(this IEndpointRouteBuilder app)
        where TRecord : Record => new(app);
}
