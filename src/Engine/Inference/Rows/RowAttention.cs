using Unlearning.Engine.Models;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>Rotary embedding and attention of each row's new token against its cached keys and values.</summary>
internal sealed unsafe class RowAttention(LlamaConfig config, KeyValueCache cache, bool isBFloat16, float* cosine, float* sine)
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
    public void Attend(int task, RowBuffers buffers, nint keys, nint values, float* scores)
    {
        int row = task / config.KeyValueHeadCount, head = task % config.KeyValueHeadCount;
        int position = (int)cache.Lengths[row], half = _width / 2;
        float* cosines = cosine + (long)position * half, sines = sine + (long)position * half;
        float* key = buffers.Key + task * _width;
        Vectors.Rotate(key, cosines, sines, half);
        Store(key, keys, task, position);
        Store(buffers.Value + task * _width, values, task, position);

        for (int member = 0; member < _group; member++)
        {
            int at = (row * config.HeadCount + head * _group + member) * _width;
            float* query = buffers.Query + at, attended = buffers.Attended + at;
            Vectors.Rotate(query, cosines, sines, half);
            for (int token = 0; token <= position; token++)
                scores[token] = _scale * Dot(query, keys, task, token);
            Span<float> seen = new(scores, position + 1);
            float total = (float)Logits.Exponentials(seen, Logits.Maximum(seen), 1, seen);
            new Span<float>(attended, _width).Clear();
            for (int token = 0; token <= position; token++)
                AddScaled(attended, values, scores[token] / total, task, token);
        }
    }

    private long At(int task, int token) => (task * _capacity + token) * _width;

    private void Store(float* x, nint cached, int task, int token)
    {
        if (isBFloat16)
            Vectors.Round(x, (ushort*)cached + At(task, token), _width);
        else
            new Span<float>(x, _width).CopyTo(new((float*)cached + At(task, token), _width));
    }

    private float Dot(float* x, nint cached, int task, int token) => isBFloat16
        ? Vectors.Dot(x, (ushort*)cached + At(task, token), _width)
        : Vectors.Dot(x, (float*)cached + At(task, token), _width);

    private void AddScaled(float* y, nint cached, float scale, int task, int token)
    {
        if (isBFloat16)
            Vectors.AddScaled(y, (ushort*)cached + At(task, token), scale, _width);
        else
            Vectors.AddScaled(y, (float*)cached + At(task, token), scale, _width);
    }
}
