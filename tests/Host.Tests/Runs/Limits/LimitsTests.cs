using Microsoft.Extensions.Time.Testing;
using Unlearning.Engine.Models;
using Unlearning.Host.Jobs;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Limits;

namespace Unlearning.Host.Tests.Runs.Limits;

public sealed class LimitsTests
{
    [Fact]
    public async Task A_stage_that_takes_too_long_stops_with_its_limit_the_key_and_what_to_do()
    {
        FakeTimeProvider clock = new();
        StageClock limits = new(new RunTimeouts { Evaluate = TimeSpan.FromHours(2) }, clock);
        Task<int> stage = limits.StageAsync(RunStage.Evaluate, Forever, CancellationToken.None);
        clock.Advance(TimeSpan.FromHours(1.9));
        Assert.False(stage.IsCompleted);
        clock.Advance(TimeSpan.FromHours(0.2));
        RunTimeoutException late = await Assert.ThrowsAsync<RunTimeoutException>(() => stage);
        Assert.StartsWith("The stage evaluate took longer than 02:00:00.", late.Message, StringComparison.Ordinal);
        Assert.Contains("Unlearning:Runs:Timeouts:Evaluate", late.Message, StringComparison.Ordinal);
        Assert.Contains("retry the run", RunAdvice.Of(late, RunStage.Evaluate), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_may_take_no_longer_in_all_than_it_may_though_no_stage_does()
    {
        FakeTimeProvider clock = new();
        StageClock limits = new(new RunTimeouts { Whole = TimeSpan.FromHours(3) }, clock);
        Task<int> run = limits.WholeAsync(ct => limits.StageAsync(RunStage.Unlearn, Forever, ct), CancellationToken.None);
        clock.Advance(TimeSpan.FromHours(3.1));
        Assert.StartsWith("The whole run took longer", (await Assert.ThrowsAsync<RunTimeoutException>(() => run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_stops_is_no_timeout()
    {
        using CancellationTokenSource stop = new();
        Task<int> stage = new StageClock(new RunTimeouts(), new FakeTimeProvider()).StageAsync(RunStage.Unlearn, Forever, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stage);
    }

    [Fact]
    public void Limits_that_no_run_could_keep_are_refused_with_key_value_and_fix()
    {
        RunOptions options = new() { KeptFolders = -1 };
        options.Timeouts.Unlearn = TimeSpan.Zero;
        string[] faults = [.. new RunOptionsValidator().Validate(null, options).Failures!];
        Assert.Contains(faults, fault => fault.Contains("Unlearning:Runs:Timeouts:Unlearn is 00:00:00. Use", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("Unlearning:Runs:KeptFolders is -1. Use", StringComparison.Ordinal));
        Assert.True(new RunOptionsValidator().Validate(null, new RunOptions()).Succeeded);
    }

    [Fact]
    public void A_run_that_would_fill_the_disk_is_refused_with_what_it_needs_what_there_is_and_where()
    {
        LlamaConfig config = new()
        {
            HiddenSize = 10,
            IntermediateSize = 20,
            LayerCount = 3,
            HeadCount = 2,
            KeyValueHeadCount = 1,
            HeadDim = 5,
            VocabularySize = 100,
            MaxPositions = 64,
            RmsNormEpsilon = 1e-5,
            RopeTheta = 1e4,
        };

        // A layer's modules: q and o 10 + 10, k and v 10 + 5, gate, up and down 10 + 20 numbers a rank; 3 layers, rank 4, nine copies of 4 bytes.
        const long Parameters = ((2 * 20) + (2 * 15) + (3 * 30)) * 3 * 4;
        long need = DiskNeed.Of(config, rank: 4, requantises: false);
        Assert.Equal((Parameters * 4 * 9) + (16 * 1024 * 1024), need);
        Assert.True(DiskNeed.Of(config, 4, requantises: true) > need);

        DiskNeed.Require(need, 1, "/data", new Free(need + (1024 * 1024)));
        DiskSpaceException full = Assert.Throws<DiskSpaceException>(() => DiskNeed.Require(need, 1, "/data", new Free(1234)));
        Assert.Contains("on the disk of '/data', of which 1,234 are free", full.Message, StringComparison.Ordinal);
        Assert.Contains("Free ", full.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_names_what_to_do_and_quotes_nothing_of_the_failure()
    {
        Exception[] failures =
        [
            new InvalidOperationException("secret"), new IOException("secret", 28), new UnauthorizedAccessException("secret"),
        ];
        Assert.All(failures, failure => Assert.DoesNotContain("secret", RunAdvice.Of(failure, RunStage.Unlearn), StringComparison.Ordinal));
        Assert.Contains("disk is full", RunAdvice.Of(failures[1], RunStage.Unlearn), StringComparison.Ordinal);
    }

    private static async Task<int> Forever(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }

    private sealed class Free(long bytes) : IFreeSpace
    {
        public long FreeBytes(string folder) => bytes;
    }
}
