using System.Diagnostics;
using System.Net.Sockets;

namespace Crm.Benchmarks.Load;

/// <summary>
/// Drives one server over a fixed number of connections from a single thread, each connection sending as soon as it was answered.
/// </summary>
internal sealed class LoadLoop(BenchIds ids, int connections, long run)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private long _sequence;

    /// <summary>Sends requests until the time is over or enough are answered.</summary>
    /// <exception cref="InvalidOperationException">A server answered anything else than expected.</exception>
    public LoadResult Run(
        Scenario scenario, Target target, TimeSpan duration, int most, ulong seed, CancellationToken cancellationToken)
    {
        var lanes = new Dictionary<Socket, (HttpConnection Connection, Picker Picker)>(connections);
        var latencies = new List<double>(Math.Min(most, 1 << 17));
        try
        {
            for (var i = 0; i < connections; i++)
            {
                var connection = new HttpConnection(target.Url);
                lanes.Add(connection.Socket, (connection, new Picker(ids, i, connections, run, seed)));
            }

            var start = Stopwatch.GetTimestamp();
            var sent = 0;
            foreach (var (connection, picker) in lanes.Values)
                Send(connection, picker, ref sent);

            var last = start;
            var ready = new List<Socket>(connections);
            while (latencies.Count < sent)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ready.Clear();
                ready.AddRange(lanes.Keys);
                Socket.Select(ready, null, null, 100_000);
                if (Stopwatch.GetElapsedTime(last) > Patience)
                    throw new InvalidOperationException($"{target.Name} has not answered for {Patience.TotalSeconds} s.");

                foreach (var socket in ready)
                {
                    var (connection, picker) = lanes[socket];
                    if (!connection.Receive())
                        continue;

                    last = Stopwatch.GetTimestamp();
                    latencies.Add(Stopwatch.GetElapsedTime(connection.SentAt, last).TotalMicroseconds);
                    RequireExpected(connection, scenario, target);

                    if (sent < most && Stopwatch.GetElapsedTime(start, last) < duration)
                        Send(connection, picker, ref sent);
                }
            }

            return new LoadResult(Stopwatch.GetElapsedTime(start, last), latencies.Count, latencies);
        }
        finally
        {
            foreach (var (connection, _) in lanes.Values)
                connection.Dispose();
        }

        void Send(HttpConnection connection, Picker picker, ref int sent)
        {
            var pick = picker.Next(++_sequence);
            connection.SentAt = Stopwatch.GetTimestamp();
            connection.Send(scenario, target, pick);
            sent++;
        }
    }

    /// <summary>Asks once and returns the body, for comparing what servers answer.</summary>
    /// <param name="sequence">The same number and seed give the same request.</param>
    /// <exception cref="InvalidOperationException">The server answered anything else than expected.</exception>
    public string Ask(Scenario scenario, Target target, ulong seed, long sequence)
    {
        using var connection = new HttpConnection(target.Url);
        connection.Socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        connection.Send(scenario, target, new Picker(ids, 0, connections, run, seed).Next(sequence));
        while (!connection.Receive())
        {
        }

        RequireExpected(connection, scenario, target);
        return connection.Body();
    }

    private static void RequireExpected(HttpConnection connection, Scenario scenario, Target target)
    {
        if (connection.Status != scenario.ExpectedStatus)
            throw new InvalidOperationException($"{target.Name} answered {scenario.Name} with {connection.Status}: {connection.Body()}");
    }
}
