using System.Diagnostics;

namespace Crm.Testing;

/// <summary>Waits for a condition, with a deadline.</summary>
public static class Until
{
    /// <summary>Asks again until the answer is as it should be.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <exception cref="TimeoutException">It was not so within the deadline.</exception>
    public static async Task<T> ShouldBe<T>(Func<Task<T>> ask, Func<T, bool> condition, TimeSpan deadline)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (condition(answer))
                return answer;
            if (watch.Elapsed > deadline)
                throw new TimeoutException($"After {deadline} it was still: {answer}");
            await Task.Yield();
        }
    }
}
