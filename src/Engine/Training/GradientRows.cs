using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>The objectives' gradients, one row each: J [m, d].</summary>
internal sealed class GradientRows(int objectives, long length, ScalarType type, Device device) : IDisposable
{
    // Widening the whole matrix to float64 would double the step's memory.
    private const long Chunk = 1 << 18;

    private readonly Tensor _rows = zeros(objectives, length, dtype: type, device: device).DetachFromDisposeScope();

    /// <summary>Row of one objective, a view [d].</summary>
    public Tensor Row(int objective) => _rows[objective];

    /// <summary>Sets every gradient to 0, to be summed up anew.</summary>
    public void Clear() => _rows.zero_();

    /// <summary>G = J J^T, [m, m], accumulated in float64.</summary>
    public double[,] Gram()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gram = zeros(objectives, objectives, dtype: ScalarType.Float64, device: _rows.device);
        for (long start = 0; start < length; start += Chunk)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor part = _rows.narrow(1, start, Math.Min(Chunk, length - start)).to(ScalarType.Float64);
            gram.AddInPlace(part.matmul(part.t()));
        }

        double[] flat = [.. gram.cpu().data<double>()];
        double[,] result = new double[objectives, objectives];
        Buffer.BlockCopy(flat, 0, result, 0, flat.Length * sizeof(double));
        return result;
    }

    /// <summary>d = J^T w, [d].</summary>
    public Tensor Combine(IReadOnlyList<double> weights)
    {
        using Tensor row = tensor(weights.ToArray(), dtype: ScalarType.Float64).to(_rows.dtype).to(_rows.device);
        return row.unsqueeze(0).matmul(_rows).squeeze(0);
    }

    /// <summary>J v for a vector v [d], in float64.</summary>
    public double[] Times(Tensor vector)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = zeros(objectives, dtype: ScalarType.Float64, device: _rows.device);
        for (long start = 0; start < length; start += Chunk)
        {
            using DisposeScope inner = NewDisposeScope();
            long size = Math.Min(Chunk, length - start);
            sum.AddInPlace(_rows.narrow(1, start, size).to(ScalarType.Float64).mv(vector.narrow(0, start, size).to(ScalarType.Float64)));
        }

        return [.. sum.cpu().data<double>()];
    }

    public void Dispose() => _rows.Dispose();
}
