using Unlearning.Engine.Models;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>What a step writes, [rows, width] each, shared by the workers, and each worker's own scratch.</summary>
internal sealed unsafe class RowBuffers : IDisposable
{
    private readonly int _rows;
    private readonly NativeBuffer[] _shared;
    private NativeBuffer _low = new(0);
    private int _rank;
    private int _tokens;

    public RowBuffers(LlamaConfig config, int rows, int workers)
    {
        _rows = rows;
        int queries = config.HeadCount * config.HeadDim, keys = config.KeyValueHeadCount * config.HeadDim;
        int[] widths =
        [
            config.HiddenSize, queries, keys, keys, queries, config.HiddenSize, config.IntermediateSize, config.IntermediateSize, config.VocabularySize,
        ];
        _shared = [.. widths.Select(width => new NativeBuffer((long)rows * width * sizeof(float)))];
        int longest = Math.Max(config.HiddenSize, Math.Max(queries, config.IntermediateSize));
        Workers = [.. Enumerable.Range(0, workers).Select(_ => new Scratch(rows, longest))];
    }

    public float* Hidden => _shared[0].Floats;

    public float* Query => _shared[1].Floats;

    public float* Key => _shared[2].Floats;

    public float* Value => _shared[3].Floats;

    public float* Attended => _shared[4].Floats;

    public float* Projected => _shared[5].Floats;

    public float* Gate => _shared[6].Floats;

    public float* Up => _shared[7].Floats;

    public float* Logits => _shared[8].Floats;

    public Scratch[] Workers { get; }

    /// <summary>Where a module's adapter puts A x of a row.</summary>
    public float* Low(LinearModule module, int row) => _low.Floats + ((int)module * _rows + row) * _rank;

    /// <summary>Makes room for sequences of so many tokens and adapters of such a rank.</summary>
    public void Prepare(int tokens, int rank)
    {
        if (rank > _rank)
        {
            _low.Dispose();
            _low = new NativeBuffer((long)ModuleNames.LinearModules.Count * _rows * rank * sizeof(float));
            _rank = rank;
        }

        if (tokens <= _tokens)
            return;
        _tokens = 2 * tokens;
        foreach (Scratch scratch in Workers)
            scratch.Grow(_tokens);
    }

    public void Dispose()
    {
        foreach (NativeBuffer buffer in _shared)
            buffer.Dispose();
        _low.Dispose();
        foreach (Scratch scratch in Workers)
            scratch.Dispose();
    }

    /// <summary>One worker's own memory.</summary>
    internal sealed class Scratch(int rows, int longest) : IDisposable
    {
        private NativeBuffer _scores = new(0);

        public Activations Input { get; } = new(rows, longest, scaled: !RowProducts.IsWide);

        public float* Scores => _scores.Floats;

        public void Grow(int tokens)
        {
            _scores.Dispose();
            _scores = new NativeBuffer((long)tokens * sizeof(float));
        }

        public void Dispose()
        {
            _scores.Dispose();
            Input.Dispose();
        }
    }
}
