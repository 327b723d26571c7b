using Crm.Infrastructure.Redis;
using Crm.Testing;
using Shouldly;
using Xunit;

namespace Crm.Application.Tests.Redis;

public sealed class RedisCircuitTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private readonly RedisCircuit _circuit;

    public RedisCircuitTests() => _circuit = new RedisCircuit(_time, Rest);

    [Fact]
    public void While_Redis_answers_everybody_may_call()
    {
        _circuit.TryEnter().ShouldBeTrue();
        _circuit.TryEnter().ShouldBeTrue();
        _circuit.IsResting.ShouldBeFalse();
        _circuit.Succeeded().ShouldBeFalse("it had not been away");
    }

    [Fact]
    public void After_a_failure_nobody_calls_until_the_rest_is_over_and_then_one_does()
    {
        _circuit.Failed().ShouldBeTrue();
        _circuit.Failed().ShouldBeFalse("it was away already");
        _circuit.IsResting.ShouldBeTrue();
        _circuit.TryEnter().ShouldBeFalse();

        _time.Advance(Rest);
        _circuit.IsResting.ShouldBeFalse();
        _circuit.TryEnter().ShouldBeTrue();
        _circuit.TryEnter().ShouldBeFalse("one is trying");
    }

    [Fact]
    public void One_answer_opens_the_way_for_everybody()
    {
        _circuit.Failed();
        _time.Advance(Rest);
        _circuit.TryEnter();

        _circuit.Succeeded().ShouldBeTrue("it had been away");
        _circuit.TryEnter().ShouldBeTrue();
        _circuit.TryEnter().ShouldBeTrue();
    }
}
