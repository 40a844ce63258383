using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether this is a machine for matrix products.</summary>
internal sealed class ProcessorCheck : ICheck
{
    /// <inheritdoc/>
    public string Name => "processor";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        bool wide = Avx2.IsSupported || AdvSimd.IsSupported;
        string what = $"{RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} threads, " +
            (System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : AdvSimd.IsSupported ? "NEON" : "no vector instructions") + ".";
        return Task.FromResult(wide ? Finding.Ok(what) : Finding.Warning(what, "Answers and runs will be many times slower; use a machine with AVX2 or NEON."));
    }
}
