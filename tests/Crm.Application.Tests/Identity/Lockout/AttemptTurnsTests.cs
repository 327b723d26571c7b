using Crm.Application.Identity.Lockout;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Identity.Lockout;

public sealed class AttemptTurnsTests
{
    private static readonly LockoutKey Somebody = new(Guid.NewGuid(), Guid.Empty);
    private static readonly LockoutKey SomebodyElse = new(Guid.NewGuid(), Guid.Empty);

    private readonly AttemptTurns _turns = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_at_one_account_take_turns_and_hold_up_no_other_account()
    {
        var first = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taking = TakeAsync(Somebody, () => first.Task, Cancellation);
        var began = false;
        var waiting = TakeAsync(Somebody, () => Task.FromResult(began = true), Cancellation);

        (await TakeAsync(SomebodyElse, () => Task.FromResult("at once"), Cancellation)).ShouldBe("at once");
        began.ShouldBeFalse();

        first.SetResult("first");
        (await taking).ShouldBe("first");
        (await waiting).ShouldBeTrue();
        (await TakeAsync(Somebody, () => Task.FromResult("anew"), Cancellation)).ShouldBe("anew");
    }

    [Fact]
    public async Task One_who_fails_or_hangs_up_gives_the_turn_to_the_next()
    {
        var first = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var failing = TakeAsync(Somebody, () => first.Task, Cancellation);
        using var hangsUp = new CancellationTokenSource();
        var gone = TakeAsync(Somebody, () => Task.FromResult("never"), hangsUp.Token);
        var last = TakeAsync(Somebody, () => Task.FromResult("last"), Cancellation);

        await hangsUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => gone);
        first.SetException(new InvalidOperationException("It failed."));

        await Should.ThrowAsync<InvalidOperationException>(() => failing);
        (await last).ShouldBe("last");
    }

    private async Task<T> TakeAsync<T>(LockoutKey key, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        using (await _turns.TakeAsync(key, cancellationToken))
            return await act();
    }
}
