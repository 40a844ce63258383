using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>A few float32 vectors in the forms that the weight kernels read. Each worker has its own.</summary>
/// <param name="vectors">Most vectors.</param>
/// <param name="longest">Their greatest length.</param>
/// <param name="scaled">Whether the forms that <see cref="FourBitRows"/> reads are wanted.</param>
internal sealed unsafe class Activations(int vectors, int longest, bool scaled) : IDisposable
{
    /// <summary>Vectors are as long as a multiple of this, zeros at their ends.</summary>
    public const int Step = 16;

    private readonly NativeBuffer _plain = new((long)vectors * StrideOf(longest) * sizeof(float));
    private readonly NativeBuffer _scaled = new(scaled ? (long)vectors * longest * sizeof(float) : 0);
    private readonly NativeBuffer _sums = new(scaled ? (long)vectors * longest / 4 * sizeof(float) : 0);
    private readonly NativeBuffer _panel = new((long)RowProducts.Rows * StrideOf(longest) * sizeof(float));
    private int _length;
    private int _stride;

    /// <summary>Number of vectors.</summary>
    public int Count { get; private set; }

    /// <summary>The vector itself.</summary>
    public float* Plain(int vector) => _plain.Floats + (long)vector * _stride;

    /// <summary>Room for widened rows.</summary>
    public float* Panel => _panel.Floats;

    /// <summary>In every 32 elements, the eight at 8j times 16^-j: exact, and undone by nibbles left at bit 4j.</summary>
    public float* Scaled(int vector) => _scaled.Floats + (long)vector * _length;

    /// <summary>For every 32 elements eight sums, lane l over elements 8j + l.</summary>
    public float* Sums(int vector) => _sums.Floats + (long)vector * _length / 4;

    /// <summary>Takes vectors as they are.</summary>
    public void Load(float* source, int count, int length)
    {
        Resize(count, length);
        for (int vector = 0; vector < count; vector++)
            new Span<float>(source + (long)vector * length, length).CopyTo(new(Plain(vector), length));
        Prepare();
    }

    /// <summary>Takes the root-mean-square norm of vectors.</summary>
    public void Normalize(float* source, int count, int length, float* weight, double epsilon)
    {
        Resize(count, length);
        for (int vector = 0; vector < count; vector++)
        {
            float* x = source + (long)vector * length;
            Vectors.Scale(Plain(vector), x, 1 / MathF.Sqrt(Vectors.Dot(x, x, length) / length + (float)epsilon), weight, length);
        }

        Prepare();
    }

    public void Dispose()
    {
        _plain.Dispose();
        _scaled.Dispose();
        _sums.Dispose();
        _panel.Dispose();
    }

    /// <summary>Numbers between two vectors of such a length.</summary>
    public static int StrideOf(int length) => (length + Step - 1) / Step * Step;

    private void Resize(int count, int length)
    {
        (Count, _length, _stride) = (count, length, StrideOf(length));
        for (int vector = 0; vector < count; vector++)
            new Span<float>(Plain(vector) + length, _stride - length).Clear();
    }

    private void Prepare()
    {
        if (!scaled || _length % FourBitRows.ColumnStep != 0)
            return;
        int total = Count * _length;
        for (int i = 0; i < total; i += 32)
        {
            Vector256<float> sum = default;
            float power = 1;
            for (int j = 0; j < 32; j += 8)
            {
                Vector256<float> x = Vector256.Load(_plain.Floats + i + j);
                sum += x;
                Vector256.Store(x * power, _scaled.Floats + i + j);
                power /= 16;
            }

            Vector256.Store(sum, _sums.Floats + i / 4);
        }
    }
}
