using static TorchSharp.torch;

namespace Unlearning.Engine.Tests;

public sealed class ComputeDeviceTests
{
    [Theory]
    [InlineData("gpu")]
    [InlineData("mps")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0:1")]
    [InlineData("")]
    public void An_unknown_device_is_refused_with_those_that_exist(string name)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => ComputeDevice.Open(name));
        Assert.StartsWith($"Engine:Device is '{name}'. Use cpu, or cuda:0", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Without_a_GPU_the_setting_and_both_ways_out_are_named()
    {
        Skip.If(cuda.is_available(), "this machine has an NVIDIA GPU");
        ArgumentException refused = Assert.Throws<ArgumentException>(() => ComputeDevice.Open("cuda:0"));
        Assert.Contains("Engine:Device", refused.Message, StringComparison.Ordinal);
        Assert.Contains("TorchBackend=cuda", refused.Message, StringComparison.Ordinal);
        Assert.Contains("cpu", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void The_CPU_has_the_machines_memory() =>
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, ComputeDevice.Memory(ComputeDevice.Open("CPU")));
}
