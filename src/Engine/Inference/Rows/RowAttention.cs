using Unlearning.Engine.Models;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>Rotary embedding and attention of each row's new token against its cached keys and values.</summary>
internal sealed unsafe class RowAttention(LlamaConfig config, KeyValueCache cache, float* cosine, float* sine)
{
    private readonly int _width = config.HeadDim;
    private readonly int _group = config.HeadCount / config.KeyValueHeadCount;
    private readonly float _scale = (float)(1 / Math.Sqrt(config.HeadDim));
    private readonly long _capacity = cache.Capacity;

    /// <summary>One key-value head of one row, with the query heads that share it.</summary>
    /// <param name="task">row * key-value heads + head.</param>
    /// <param name="buffers">Query, key and value in, attended out.</param>
    /// <param name="keys">The layer's keys, [rows, kv_heads, capacity, head_dim]; gets the new one.</param>
    /// <param name="values">The layer's values, likewise.</param>
    /// <param name="scores">Room for one number for each token.</param>
    public void Attend(int task, RowBuffers buffers, float* keys, float* values, float* scores)
    {
        int row = task / config.KeyValueHeadCount, head = task % config.KeyValueHeadCount;
        int position = (int)cache.Lengths[row], half = _width / 2;
        float* cosines = cosine + (long)position * half, sines = sine + (long)position * half;
        float* ownKeys = keys + task * _capacity * _width, ownValues = values + task * _capacity * _width;
        float* key = buffers.Key + task * _width;
        Vectors.Rotate(key, cosines, sines, half);
        new Span<float>(key, _width).CopyTo(new(ownKeys + (long)position * _width, _width));
        new Span<float>(buffers.Value + task * _width, _width).CopyTo(new(ownValues + (long)position * _width, _width));

        for (int member = 0; member < _group; member++)
        {
            int at = (row * config.HeadCount + head * _group + member) * _width;
            float* query = buffers.Query + at, attended = buffers.Attended + at;
            Vectors.Rotate(query, cosines, sines, half);
            for (int token = 0; token <= position; token++)
                scores[token] = _scale * Vectors.Dot(query, ownKeys + (long)token * _width, _width);
            Span<float> seen = new(scores, position + 1);
            float total = (float)Logits.Exponentials(seen, Logits.Maximum(seen), 1, seen);
            new Span<float>(attended, _width).Clear();
            for (int token = 0; token <= position; token++)
                Vectors.AddScaled(attended, ownValues + (long)token * _width, scores[token] / total, _width);
        }
    }
}
