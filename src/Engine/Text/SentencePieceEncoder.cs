using System.Text;

namespace Unlearning.Engine.Text;

/// <summary>
/// SentencePiece's BPE: spaces are written U+2581, neighbouring pieces whose join scores best are joined until no join is known, and what
/// the vocabulary cannot spell goes byte by byte. Source: bpe_model.cc of google/sentencepiece.
/// </summary>
internal sealed class SentencePieceEncoder : ITextEncoder
{
    /// <summary>What a space is written as.</summary>
    public const char Space = '\u2581';

    private readonly Dictionary<string, (int Id, double Score)>.AlternateLookup<ReadOnlySpan<char>> _pieces;
    private readonly int[] _idOfByte;
    private readonly int? _unknown;
    private readonly bool _addSpacePrefix;

    /// <param name="pieces">Ids and scores of the pieces that text can become; a higher score is joined first, NaN never.</param>
    /// <param name="idOfByte">256 ids of single bytes, -1 where there is none.</param>
    /// <param name="unknown">Stands for a byte without an id; null: it goes without a token.</param>
    /// <param name="addSpacePrefix">Whether a space goes before every text.</param>
    public SentencePieceEncoder(
        Dictionary<string, (int Id, double Score)> pieces, int[] idOfByte, int? unknown, bool addSpacePrefix)
    {
        _pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        (_idOfByte, _unknown, _addSpacePrefix) = (idOfByte, unknown, addSpacePrefix);
    }

    public void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        var spelled = Spell(text);
        // A piece lives at its first character's position, with its length there; joined ones have length 0.
        var lengths = new int[spelled.Length];
        var previous = new int[spelled.Length];
        for (int at = 0, before = -1; at < spelled.Length; before = at, at += lengths[at])
        {
            lengths[at] = char.IsHighSurrogate(spelled[at]) ? 2 : 1;
            previous[at] = before;
        }

        // Candidates go stale when a neighbour is joined; they are recognised when their turn comes. Equal scores go left to right.
        var candidates = new PriorityQueue<(int Left, int Right, int Length), (double Cost, int Position)>();
        for (var at = 0; at < spelled.Length; at += lengths[at])
            Propose(at);
        while (candidates.TryDequeue(out var candidate, out _))
        {
            var (left, right, length) = candidate;
            if (lengths[left] == 0 || lengths[right] == 0 || left + lengths[left] != right || lengths[left] + lengths[right] != length)
                continue;
            lengths[right] = 0;
            lengths[left] = length;
            if (left + length < spelled.Length)
                previous[left + length] = left;
            Propose(left);
            if (previous[left] >= 0)
                Propose(previous[left]);
        }
        for (var at = 0; at < spelled.Length; at += lengths[at])
            Emit(spelled.AsSpan(at, lengths[at]), ids);

        void Propose(int left)
        {
            var right = left + lengths[left];
            if (right >= spelled.Length)
                return;
            var length = lengths[left] + lengths[right];
            if (_pieces.TryGetValue(spelled.AsSpan(left, length), out var joined) && !double.IsNaN(joined.Score))
                candidates.Enqueue((left, right, length), (-joined.Score, left));
        }
    }

    private string Spell(ReadOnlySpan<char> text)
    {
        var spelled = new StringBuilder(text.Length + 1);
        if (_addSpacePrefix)
            spelled.Append(Space);
        foreach (var rune in text.EnumerateRunes()) // lone surrogates become U+FFFD
            spelled.Append(rune.Value == ' ' ? Space.ToString() : rune.ToString());
        return spelled.ToString();
    }

    private void Emit(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_pieces.TryGetValue(piece, out var known))
        {
            ids.Add(known.Id);
            return;
        }
        Span<byte> bytes = stackalloc byte[4]; // a piece outside the vocabulary was never joined: it is one character
        foreach (var value in bytes[..Encoding.UTF8.GetBytes(piece, bytes)])
        {
            if ((_idOfByte[value] >= 0 ? _idOfByte[value] : _unknown) is { } id)
                ids.Add(id);
        }
    }
}
