using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Crm.Benchmarks.Micro;

/// <summary>Benchmarks of code paths that stand in every request, without network or database.</summary>
internal static class CodePaths
{
    /// <summary>Runs them all and prints time and allocations for each.</summary>
    public static void Run()
    {
        var config = ManualConfig.CreateEmpty()
            // In this process: nothing is generated and built beside it.
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithOptions(ConfigOptions.DisableLogFile);
        BenchmarkRunner.Run([typeof(QueryReading), typeof(Cursors), typeof(TokenChecking)], config);
    }
}
