using Unlearning.Engine.Models;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>An adapter's matrices in float32, as the row kernels read them; valid while the adapter lives.</summary>
internal sealed unsafe class RowAdapter
{
    private static readonly int Modules = ModuleNames.LinearModules.Count;

    private readonly Pair[] _pairs;
    private readonly List<FloatNumbers> _numbers = [];

    public RowAdapter(LoraAdapter adapter, LlamaConfig config)
    {
        _pairs = new Pair[config.LayerCount * Modules];
        for (int i = 0; i < _pairs.Length; i++)
        {
            if (adapter.Modules.TryGetValue(ModuleNames.Linear(i / Modules, ModuleNames.LinearModules[i % Modules]), out LoraPair? pair))
            {
                FloatNumbers a = new(pair.A), b = new(pair.B);
                _numbers.AddRange([a, b]);
                _pairs[i] = new Pair(a.Pointer, b.Pointer, (int)pair.A.shape[0], (float)pair.Settings.Scale);
            }
        }

        LargestRank = _pairs.Max(pair => pair.Rank);
    }

    public int LargestRank { get; }

    /// <summary>A module's pair; rank 0 where it has none.</summary>
    public Pair this[int layer, LinearModule module] => _pairs[layer * Modules + (int)module];

    /// <summary>A [rank, in], B [out, rank] and the factor on B A x.</summary>
    internal readonly struct Pair(float* a, float* b, int rank, float scale)
    {
        public float* A => a;

        public float* B => b;

        public int Rank => rank;

        public float Scale => scale;
    }
}
