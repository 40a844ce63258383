using Unlearning.Benchmarks;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Training;

[Trait("Category", "Slow")]
public sealed class AThousandStepsKeepMemoryFlat
{
    /// <summary>In a process of its own, so that no other test's memory counts.</summary>
    [SkippableFact]
    public async Task Resident_memory_after_a_thousand_steps_is_that_after_a_hundred_within_three_percent()
    {
        StepOutcome outcome = await StepProcess.RunAsync(Fixtures.Asset("stories260k"), ScalarType.Float32, sequences: 1, steps: 1000, memoryMb: 0, threads: 1);
        Assert.InRange(outcome.Growth, -0.5, 0.03);
    }
}
