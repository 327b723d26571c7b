using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Crm.Api.Hosting;
using Crm.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Api.Tests.Http;

public sealed class HangUpTests
{
    [Fact]
    public async Task A_client_that_hangs_up_in_the_middle_of_an_answer_is_no_fault_of_ours()
    {
        var log = new Lines();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var api = await ApiHost.StartAsync((services, _) => services.AddSingleton<ILoggerProvider>(log), app =>
        {
            app.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                finally
                {
                    if (context.Request.Path == "/endless")
                        ended.SetResult();
                }
            });
            app.UseCrm();
            app.MapGet("/endless", AnswerWithoutEndAsync);
        }, ("Mail:Host", "127.0.0.1")))
        {
            using var client = new TcpClient();
            await client.ConnectAsync(api.BaseAddress.Host, api.BaseAddress.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /endless HTTP/1.1\r\nHost: crm\r\n\r\n"), TestContext.Current.CancellationToken);
            (await client.GetStream().ReadAsync(new byte[15], TestContext.Current.CancellationToken)).ShouldBe(15);
            client.Client.Close(timeout: 0);

            await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        // The server has stopped, so everything that was to be logged has been.
        log.Written.Where(l => l.Level >= LogLevel.Warning).ShouldBeEmpty();
    }

    private static async Task AnswerWithoutEndAsync(HttpContext context)
    {
        while (true)
        {
            await context.Response.WriteAsync("and so on ", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.RequestAborted.ThrowIfCancellationRequested();
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

        public IReadOnlyCollection<(LogLevel Level, string Text)> Written => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));

        public void Dispose()
        {
            // There is nothing to let go of.
        }
    }
}
