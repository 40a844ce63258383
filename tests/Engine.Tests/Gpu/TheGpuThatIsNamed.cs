using Unlearning.Engine.Inference;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Gpu;

[Trait("Category", "Gpu")]
[Collection(GpuTests.Name)]
public sealed class TheGpuThatIsNamed
{
    [SkippableFact]
    public void Its_memory_decides_the_type_of_the_weights()
    {
        long memory = ComputeDevice.Memory(Gpu.Required);
        Assert.InRange(memory, 1L << 30, 1L << 40);
        using ICheckpoint checkpoint = Checkpoint.Open(Fixtures.Asset("stories260k"));
        Assert.Equal(
            new WeightPlan(ScalarType.Float32, Streamed: false), WeightPlan.For(new EngineOptions { Device = "cuda:0" }, checkpoint.Config, memory));
    }

    [SkippableFact]
    public void Float32_products_are_not_rounded_to_tf32()
    {
        _ = Gpu.Required;
        Assert.False(backends.cuda.matmul.allow_tf32);
    }

    [SkippableFact]
    public void One_beyond_the_last_is_refused_with_the_last()
    {
        _ = Gpu.Required;
        string last = $"cuda:{cuda.device_count() - 1}";
        ArgumentException refused = Assert.Throws<ArgumentException>(() => ComputeDevice.Open($"cuda:{cuda.device_count()}"));
        Assert.Contains(last, refused.Message, StringComparison.Ordinal);
    }
}
