using System.Diagnostics;
using System.Text.Json;
using Crm.Api.Audit;
using Crm.Api.Identity;
using Crm.Application.Persistence;
using Crm.Application.Records;
using Crm.Domain.Common;

namespace Crm.Api.Http;

/// <summary>
/// The whole error policy: every failure becomes problem details (RFC 9457) with a stable code; nothing internal leaves the process, except
/// in development.
/// </summary>
internal sealed partial class ProblemDetailsMiddleware(
    RequestDelegate next, IFailureTranslator failures, IHostEnvironment environment, ILogger<ProblemDetailsMiddleware> logger)
{
    // What is away for a moment is mostly back by then; sooner, all who wait would only be a further burden to it.
    private const string SecondsOfMoment = "5";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
                await WriteAsync(context, OfStatus(context.Response.StatusCode));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered; 499 is what proxies log for it. What has begun to be answered keeps its status.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            var told = error is CrmException ? error : failures.Translate(error) ?? error;
            told = told is StaleVersionException && context.LacksVersion() ? new VersionRequiredException() : told;
            var problem = Of(told);
            context.CountDenial(told);
            if (problem.Status >= StatusCodes.Status500InternalServerError && error is not CrmException)
            {
                Failed(logger, error, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no endpoint");
                if (environment.IsDevelopment())
                    problem = problem with { More = writer => writer.WriteString("exception", error.ToString()) };
            }

            context.Response.Clear();
            if (error is UnauthenticatedException refusal)
                context.Response.Headers.WWWAuthenticate = BearerCredential.Challenge(refusal);
            await WriteAsync(context, problem);
        }
    }

    private static Problem Of(Exception error) => error switch
    {
        InvalidException e => new(400, "Invalid request", e.Code, e.Message, writer => WriteErrors(writer, e.Errors)),
        UnauthenticatedException e => new(401, "Not signed in", e.Code, e.Message),
        ForbiddenException e => new(403, "Not allowed", e.Code, e.Message),
        NotFoundException e => new(404, "Not found", e.Code, e.Message),
        ConflictException e => new(409, "Conflict", e.Code, e.Message, writer => WriteDetails(writer, e.Details)),
        StaleVersionException e => new(412, "Stale version", e.Code, e.Message, writer => WriteCurrent(writer, e.Current)),
        VersionRequiredException e => new(428, "Version required", e.Code, e.Message),
        RateLimitedException e => OfStatus(429) with { Detail = e.Message },
        UnavailableException e => new(503, "Unavailable", e.Code, e.Message) { Passes = e.Passes },
        BadHttpRequestException e => OfStatus(e.StatusCode) with { Detail = e.Message },
        _ => OfStatus(500),
    };

    private static Problem OfStatus(int status) => status switch
    {
        400 => new(status, "Bad request", "bad_request", "The request is not well formed."),
        401 => new(status, "Not signed in", "unauthenticated", "Sign in first."),
        403 => new(status, "Not allowed", "forbidden", "This is not allowed."),
        404 => new(status, "Not found", "route_not_found", "There is nothing at this address."),
        405 => new(status, "Method not allowed", "method_not_allowed", "This address does not take this method; see the Allow header."),
        408 => new(status, "Too slow", "request_timeout", "The request took too long to arrive."),
        413 => new(status, "Too large", "too_large", "The body is larger than is taken here."),
        415 => new(status, "Unsupported media type", "unsupported_media_type", "The body is of a kind that is not taken here."),
        429 => new(status, "Too many requests", "rate_limited", "Slow down; see the Retry-After header."),
        503 => new(status, "Unavailable", "unavailable", "The service is not available at the moment; try again later.") { Passes = true },
        < 500 => new(status, "Refused", "refused", "The request was refused."),
        _ => new(500, "Internal error", "internal_error", "Something went wrong here; the trace id finds it in the log."),
    };

    private static Task WriteAsync(HttpContext context, Problem problem)
    {
        if (problem.Passes)
            context.Response.Headers.RetryAfter = SecondsOfMoment;
        return context.WriteJsonAsync(problem.Status, writer => Write(writer, context, problem), "application/problem+json");
    }

    private static void Write(Utf8JsonWriter writer, HttpContext context, Problem problem)
    {
        writer.WriteStartObject();
        writer.WriteString("type", $"/docs/errors#{problem.Code}");
        writer.WriteString("title", problem.Title);
        writer.WriteNumber("status", problem.Status);
        writer.WriteString("detail", problem.Detail);
        writer.WriteString("code", problem.Code);
        writer.WriteString("traceId", Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier);
        problem.More?.Invoke(writer);
        writer.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<FieldError> errors)
    {
        writer.WriteStartArray("errors");
        foreach (var error in errors)
        {
            writer.WriteStartObject();
            if (error.Parameter is not null)
                writer.WriteString("parameter", error.Parameter);
            else
                writer.WriteString("pointer", error.Pointer);
            writer.WriteString("code", error.Code);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteDetails(Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> details)
    {
        foreach (var (name, value) in details)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value, JsonSerializerOptions.Web);
        }
    }

    private static void WriteCurrent(Utf8JsonWriter writer, object? current)
    {
        writer.WritePropertyName("current");
        if (current is RecordDocument record)
            record.WriteTo(writer);
        else
            JsonSerializer.Serialize(writer, current, JsonSerializerOptions.Web);
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Endpoint} failed")]
    private static partial void Failed(ILogger logger, Exception error, string method, string endpoint);

    private sealed record Problem(int Status, string Title, string Code, string Detail, Action<Utf8JsonWriter>? More = null)
    {
        /// <summary>Whether the same request is worth another try in a moment.</summary>
        public bool Passes { get; init; }
    }
}
