using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace Unlearning.Engine.Text;

/// <summary>Byte-level BPE: text is cut into pieces by rules, and each piece's bytes are merged.</summary>
internal sealed class ByteLevelEncoder(BytePairModel model, PreTokenizer[] preTokenizers) : ITextEncoder
{
    private const int LongestCachedPiece = 64;
    private const int MostCachedPieces = 1 << 16;

    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cache =
        new ConcurrentDictionary<string, int[]>().GetAlternateLookup<ReadOnlySpan<char>>();

    private int _cachedPieces; // the dictionary's own Count takes all of its locks

    public void Encode(ReadOnlySpan<char> text, List<int> ids) => Encode(text, 0, ids);

    private void Encode(ReadOnlySpan<char> text, int rule, List<int> ids)
    {
        if (rule == preTokenizers.Length)
        {
            EncodePiece(text, ids);
            return;
        }
        while (!text.IsEmpty)
        {
            var length = preTokenizers[rule].NextLength(text);
            Encode(text[..length], rule + 1, ids);
            text = text[length..];
        }
    }

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_cache.TryGetValue(piece, out var cached))
        {
            ids.AddRange(cached);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(piece.Length));
        try
        {
            var encoded = model.Encode(buffer.AsSpan(0, Encoding.UTF8.GetBytes(piece, buffer)));
            ids.AddRange(encoded);
            if (piece.Length <= LongestCachedPiece && _cachedPieces < MostCachedPieces)
            {
                Interlocked.Increment(ref _cachedPieces);
                _cache[piece] = encoded;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
