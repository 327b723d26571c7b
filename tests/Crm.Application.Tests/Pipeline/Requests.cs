using Crm.Application.Authorization;
using Crm.Application.Messaging;
using Crm.Application.Persistence;
using Crm.Domain.Pipelines;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Crm.Application.Tests.Pipeline;

[Public]
public sealed record Anyone : IQuery<string>;

[HostScope]
public sealed record OperatorOnly : IQuery<string>;

[SignedIn]
public sealed record Member : IQuery<string>;

[Requires("contacts:read")]
public sealed record Guarded(string Text = "fine") : IQuery<string>;

/// <summary>Counts how often it is really carried out.</summary>
[SignedIn]
public sealed record Counted(string Key) : IQuery<string>, ICachedQuery
{
    public static int Made { get; set; }

    public string CacheKey => Key;

    public TimeSpan CacheFor => TimeSpan.FromMinutes(5);
}

[SignedIn]
public sealed record Recount(string Key, bool Fails = false) : ICommand<string>, IInvalidates
{
    public IEnumerable<(Type Query, string CacheKey)> Invalidates => [(typeof(Counted), Key)];
}

/// <summary>Breaks off as what waits does that is told to stop, by its caller or by something else.</summary>
[Public]
public sealed record BreakOff(CancellationTokenSource Caller, bool ByCaller) : IQuery<string>;

/// <summary>Adds a pipeline through EF, renames it within the same command, and may fail behind that.</summary>
[SignedIn]
public sealed record AddPipeline(string Name, bool Fails = false) : ICommand<Guid>, ITransactional;

[SignedIn]
public sealed record RenamePipeline(Guid Id, string Name) : ICommand<Guid>, ITransactional;

/// <summary>Does its work by the request of another use case.</summary>
[SignedIn]
public sealed record AddAndRenamePipeline(string Name) : ICommand<Guid>;

public sealed class GuardedValidator : AbstractValidator<Guarded>
{
    public GuardedValidator()
    {
        RuleFor(r => r.Text).MinimumLength(3).WithErrorCode("too_short").OverridePropertyName("/text");
        RuleFor(r => r.Text).Matches("^[a-z]*$").WithErrorCode("not_lower").OverridePropertyName("/text");
    }
}

internal sealed class SimpleHandler : IRequestHandler<Anyone, string>, IRequestHandler<OperatorOnly, string>, IRequestHandler<Member, string>, IRequestHandler<Guarded, string>
{
    public Task<string> Handle(Anyone request, CancellationToken cancellationToken) => Task.FromResult("anyone");

    public Task<string> Handle(OperatorOnly request, CancellationToken cancellationToken) => Task.FromResult("operator");

    public Task<string> Handle(Member request, CancellationToken cancellationToken) => Task.FromResult("member");

    public Task<string> Handle(Guarded request, CancellationToken cancellationToken) => Task.FromResult(request.Text);
}

internal sealed class CountedHandler(ITenantSession session) : IRequestHandler<Counted, string>, IRequestHandler<Recount, string>
{
    public async Task<string> Handle(Counted request, CancellationToken cancellationToken)
    {
        Counted.Made++;
        await Task.Yield();
        return session.Tenant.Identifier;
    }

    public Task<string> Handle(Recount request, CancellationToken cancellationToken) =>
        request.Fails ? throw new InvalidOperationException("It failed.") : Task.FromResult("done");
}

internal sealed class BreakOffHandler : IRequestHandler<BreakOff, string>
{
    public async Task<string> Handle(BreakOff request, CancellationToken cancellationToken)
    {
        if (request.ByCaller)
            await request.Caller.CancelAsync();
        throw new OperationCanceledException();
    }
}

internal sealed class AddAndRenamePipelineHandler(IMediator mediator) : IRequestHandler<AddAndRenamePipeline, Guid>
{
    public async Task<Guid> Handle(AddAndRenamePipeline request, CancellationToken cancellationToken) =>
        await mediator.Send(new RenamePipeline(await mediator.Send(new AddPipeline(request.Name), cancellationToken), request.Name + "!"), cancellationToken);
}

internal sealed class PipelinesHandler(ITenantSession session) : IRequestHandler<AddPipeline, Guid>, IRequestHandler<RenamePipeline, Guid>
{
    public Task<Guid> Handle(AddPipeline request, CancellationToken cancellationToken)
    {
        var pipeline = new Domain.Pipelines.Pipeline { Name = request.Name };
        pipeline.AddStage("Only", StageKinds.Open, 10);
        session.Database.Pipelines.Add(pipeline);
        return request.Fails ? throw new InvalidOperationException("It failed.") : Task.FromResult(pipeline.Id);
    }

    public async Task<Guid> Handle(RenamePipeline request, CancellationToken cancellationToken)
    {
        var pipeline = await session.Database.Pipelines.SingleAsync(p => p.Id == request.Id, cancellationToken);
        pipeline.Name = request.Name;
        return pipeline.Id;
    }
}
