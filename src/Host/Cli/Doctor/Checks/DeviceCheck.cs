using System.Globalization;
using Unlearning.Engine;
using static TorchSharp.torch;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the device that the settings name is there and multiplies.</summary>
internal sealed class DeviceCheck(Installation installation) : ICheck
{
    private const double Gibibyte = 1L << 30;

    /// <inheritdoc/>
    public string Name => "device";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        string name = installation.Settings<EngineOptions>(EngineOptions.SectionName).Device;
        try
        {
            Device device = ComputeDevice.Open(name);
            using Tensor two = arange(1, 5, dtype: ScalarType.Float32, device: device).reshape(2, 2), product = two.matmul(two), read = product.cpu();
            string memory = (ComputeDevice.Memory(device) / Gibibyte).ToString("F0", CultureInfo.InvariantCulture);
            return Task.FromResult(read.data<float>().ToArray() is [7, 10, 15, 22]
                ? Finding.Ok($"{name} multiplies; it has {memory} GiB of memory.")
                : Finding.Problem($"{name} multiplies wrongly.", "Set Engine:Device to another one, and have this one checked."));
        }
        catch (ArgumentException refused)
        {
            return Task.FromResult(Finding.Problem(refused.Message, "Set Engine:Device to cpu, or to a GPU that nvidia-smi lists in a build with -p:TorchBackend=cuda."));
        }
    }
}
