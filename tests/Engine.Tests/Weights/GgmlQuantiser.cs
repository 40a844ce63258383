using System.Runtime.InteropServices;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>llama.cpp's own quantiser, in the build without vector extensions: there the compiler fuses no product with a sum.</summary>
internal static unsafe class GgmlQuantiser
{
    /// <summary>The blocks that ggml makes of the numbers.</summary>
    public static byte[] Quantise(GgmlType type, float[] values, int bytes)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", "noavx", "libggml-base.so");
        Skip.IfNot(File.Exists(path), $"{path} is absent");
        var quantise = (delegate* unmanaged[Cdecl]<int, float*, void*, long, long, long, float*, nuint>)NativeLibrary.GetExport(
            NativeLibrary.Load(path), "ggml_quantize_chunk");
        var blocks = new byte[bytes];
        fixed (float* source = values)
        fixed (byte* target = blocks)
            Assert.Equal((nuint)bytes, quantise((int)type, source, target, 0, 1, values.Length, null));
        return blocks;
    }
}
