using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>The limits themselves, so that every ratio can be turned back into a rate.</summary>
internal sealed class MachineLimits : IBenchmark
{
    private const string Float32 = "gemm_fp32_gflops", BFloat16 = "gemm_bf16_gflops", Stream = "stream_gb_per_s";

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Float32, "GFLOP/s", "matrix products at the default model's shapes, 1536 rows, float32, best of several"),
        new(BFloat16, "GFLOP/s", "the same in bfloat16"),
        new(Stream, "GB/s", "memory stream rate: the better of copy and y += a x over 256 MiB buffers"),
    ];

    public Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        List<Figure> figures = [];
        if (wanted.Contains(Float32))
            figures.Add(new Figure(Float32, session.GemmRate(ScalarType.Float32) / 1e9));
        if (wanted.Contains(BFloat16))
            figures.Add(new Figure(BFloat16, session.GemmRate(ScalarType.BFloat16) / 1e9));
        if (wanted.Contains(Stream))
            figures.Add(new Figure(Stream, session.StreamRate / 1e9));
        return Task.FromResult<IReadOnlyList<Figure>>(figures);
    }
}
