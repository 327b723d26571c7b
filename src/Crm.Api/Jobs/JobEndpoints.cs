using Crm.Api.Http;
using Crm.Application.Jobs;
using Crm.Application.Records;
using Crm.Domain.Jobs;

namespace Crm.Api.Jobs;

/// <summary>Jobs over HTTP.</summary>
internal sealed class JobEndpoints : IEndpointGroup
{
    private const string Item = "/api/v1/jobs/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapOperation("GET", Item, new Operation(typeof(GetJob), "Read how far a job has come.") { Answer = typeof(JobAnswer) }, async context =>
            await WriteAsync(context, StatusCodes.Status200OK, await context.SendAsync(new GetJob(ReadId(context))))).WithTags("jobs");

        app.MapOperation("GET", Item + "/errors", new Operation(typeof(ListJobErrors), "List the rows a job could not take, and those it took with a warning.")
        {
            Answer = typeof(JobErrorPage),
            QueryParameters = ["limit", "cursor"],
        }, async context =>
        {
            var page = await context.SendAsync(new ListJobErrors(ReadId(context), context.ReadLimit(), context.ReadParameter("cursor")));
            await context.WriteJsonAsync(StatusCodes.Status200OK, new JobErrorPage(page.Data, PageInfo.Of(page.NextCursor)), JobJson.Default.JobErrorPage);
        }).WithTags("jobs");

        app.MapOperation("POST", Item + "/cancel", new Operation(typeof(CancelJob), "Stop a job; what it has done stays done.")
        {
            Answer = typeof(JobAnswer),
            Conflicts = ["job_finished"],
        }, async context => await WriteAsync(context, StatusCodes.Status200OK, await context.SendAsync(new CancelJob(ReadId(context))))).WithTags("jobs");
    }

    /// <summary>Answers with a job.</summary>
    public static Task WriteAsync(HttpContext context, int status, JobDto job) => context.WriteJsonAsync(status, JobAnswer.Of(job), JobJson.Default.JobAnswer);

    private static Guid ReadId(HttpContext context) => context.ReadId(JobErrors.NotFound);
}
