using Unlearning.Engine;
using static TorchSharp.torch;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the library of the matrix products is there and multiplies.</summary>
internal sealed class TorchCheck : ICheck
{
    /// <inheritdoc/>
    public string Name => "torch";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            TorchThreads.Configure(0);
            using Tensor two = arange(1, 5, dtype: ScalarType.Float32).reshape(2, 2), product = two.matmul(two);
            float[] numbers = product.data<float>().ToArray();
            return Task.FromResult(numbers is [7, 10, 15, 22]
                ? Finding.Ok($"libtorch multiplies, with {get_num_threads()} threads.")
                : Finding.Problem("libtorch multiplies wrongly.", "Its files are damaged: build or install the program again."));
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException or TypeInitializationException or NotSupportedException or EntryPointNotFoundException)
        {
            return Task.FromResult(Finding.Problem(
                $"libtorch cannot be loaded: {(failure.InnerException ?? failure).Message}",
                "Build or install the program for this system; on Linux it needs glibc (not musl) and libstdc++."));
        }
    }
}
