using Crm.Api.Http;
using Crm.Application.Jobs;
using Crm.Domain.Jobs;
using MediatR;

namespace Crm.Api.Jobs;

/// <summary>Jobs over HTTP.</summary>
internal sealed class JobEndpoints : IEndpointGroup
{
    private const string Item = "/api/v1/jobs/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("GET", Item, new Operation(typeof(GetJob), "Read how far a job has come.") { Answer = typeof(JobAnswer) }, async context =>
            await WriteAsync(context, StatusCodes.Status200OK, await SendAsync(context, new GetJob(ReadId(context))))).WithTags("jobs");

        app.MapOperation("GET", Item + "/errors", new Operation(typeof(ListJobErrors), "List the rows a job could not take, and those it took with a warning.")
        {
            Answer = typeof(JobErrorPage),
            QueryParameters = ["limit", "cursor"],
        }, async context =>
        {
            var cursor = context.Request.Query.TryGetValue("cursor", out var sent) ? sent.ToString() : null;
            var page = await SendAsync(context, new ListJobErrors(ReadId(context), context.ReadLimit(), cursor));
            await context.WriteJsonAsync(
                StatusCodes.Status200OK, new JobErrorPage(page.Data, new PageInfo(page.NextCursor, page.NextCursor is not null)), JobJson.Default.JobErrorPage);
        }).WithTags("jobs");

        app.MapOperation("POST", Item + "/cancel", new Operation(typeof(CancelJob), "Stop a job; what it has done stays done.")
        {
            Answer = typeof(JobAnswer),
            Conflicts = ["job_finished"],
        }, async context => await WriteAsync(context, StatusCodes.Status200OK, await SendAsync(context, new CancelJob(ReadId(context))))).WithTags("jobs");
    }

    /// <summary>Answers with a job.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="job">The job.</param>
    /// <returns>A task that ends when the answer is on its way.</returns>
    public static Task WriteAsync(HttpContext context, int status, JobDto job) => context.WriteJsonAsync(status, JobAnswer.Of(job), JobJson.Default.JobAnswer);

    // One that is no UUID is the id of nothing.
    private static Guid ReadId(HttpContext context) =>
        Guid.TryParseExact((string?)context.Request.RouteValues["id"], "D", out var id) ? id : throw JobErrors.NotFound();

    private static Task<T> SendAsync<T>(HttpContext context, IRequest<T> request) =>
        context.RequestServices.GetRequiredService<IMediator>().Send(request, context.RequestAborted);
}
