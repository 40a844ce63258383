using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Gpu;

/// <summary>The GPU of the tests that need one: prepared as the engine prepares it, without tf32.</summary>
internal static class Gpu
{
    /// <summary>The first NVIDIA GPU; skips the test where there is none.</summary>
    public static Device Required
    {
        get
        {
            Skip.IfNot(cuda.is_available(), "torch finds no NVIDIA GPU: build with -p:TorchBackend=cuda on a machine that has one");
            return ComputeDevice.Open("cuda:0");
        }
    }
}
