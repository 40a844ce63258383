namespace Unlearning.Engine.Text;

/// <summary>
/// Byte-pair encoding of one piece: starting from bytes, the neighbours that come first in the list of merges are joined until none is
/// listed.
/// </summary>
internal sealed class BytePairModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly Dictionary<long, (int Rank, int Id)> _merges;
    private readonly int[] _idOfByte = new int[256];
    private readonly bool _ignoreMerges;
    private readonly IReadOnlySet<int> _control;

    /// <param name="ids">The vocabulary: entries in the byte alphabet, and their ids.</param>
    /// <param name="merges">Pairs of entries, the first to be joined first.</param>
    /// <param name="ignoreMerges">Whether a piece that is an entry as a whole is taken as such.</param>
    /// <param name="control">Ids that text never becomes, however it is spelled.</param>
    /// <exception cref="FormatException">The vocabulary lacks an entry that the merges need.</exception>
    public BytePairModel(
        Dictionary<string, int> ids, IEnumerable<(string Left, string Right)> merges, bool ignoreMerges, IReadOnlySet<int> control)
    {
        _ignoreMerges = ignoreMerges;
        _control = control;
        _idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i < 256; i++)
            _idOfByte[i] = _idsBySpan.TryGetValue([ByteAlphabet.Spell((byte)i)], out var id) && !control.Contains(id) ? id : -1;
        _merges = [];
        var rank = 0;
        foreach (var (left, right) in merges)
        {
            var joined = Id(left + right);
            if (!control.Contains(joined))
                _merges.TryAdd(Pair(Id(left), Id(right)), (rank, joined));
            rank++;
        }
    }

    /// <summary>Encodes a piece, not empty, given as its UTF-8 bytes.</summary>
    public int[] Encode(ReadOnlySpan<byte> piece)
    {
        if (_ignoreMerges && TryWhole(piece, out var whole))
            return [whole];

        // A byte that the vocabulary lacks (a control character of SmolLM2's) goes without a token, as in the reference.
        var symbols = Array.FindAll(Array.ConvertAll(piece.ToArray(), value => _idOfByte[value]), id => id >= 0);
        // Symbols form a list linked through positions; a merged symbol lives at its left part's position, the right part's becomes -1.
        var next = new int[symbols.Length];
        var previous = new int[symbols.Length];
        for (var i = 0; i < symbols.Length; i++)
            (next[i], previous[i]) = (i + 1, i - 1);

        // Candidates go stale when a neighbour merges; they are recognised when their turn comes. Equal ranks go left to right.
        var candidates = new PriorityQueue<(int Left, int LeftId, int RightId), (int Rank, int Position)>();
        for (var i = 0; i < symbols.Length - 1; i++)
            Propose(i);
        while (candidates.TryDequeue(out var candidate, out _))
        {
            var (left, leftId, rightId) = candidate;
            if (symbols[left] != leftId || next[left] >= symbols.Length || symbols[next[left]] != rightId)
                continue;
            var right = next[left];
            symbols[left] = _merges[Pair(leftId, rightId)].Id;
            symbols[right] = -1;
            next[left] = next[right];
            if (next[left] < symbols.Length)
                previous[next[left]] = left;
            Propose(left);
            if (previous[left] >= 0)
                Propose(previous[left]);
        }
        return Array.FindAll(symbols, id => id >= 0);

        void Propose(int left)
        {
            if (next[left] >= symbols.Length)
                return;
            var (leftId, rightId) = (symbols[left], symbols[next[left]]);
            if (_merges.TryGetValue(Pair(leftId, rightId), out var merge))
                candidates.Enqueue((left, leftId, rightId), (merge.Rank, left));
        }
    }

    private static long Pair(int left, int right) => ((long)left << 32) | (uint)right;

    private bool TryWhole(ReadOnlySpan<byte> piece, out int id)
    {
        id = 0;
        if (piece.Length > 256)
            return false;
        Span<char> spelled = stackalloc char[piece.Length];
        for (var i = 0; i < piece.Length; i++)
            spelled[i] = ByteAlphabet.Spell(piece[i]);
        return _idsBySpan.TryGetValue(spelled, out id) && !_control.Contains(id);
    }

    private int Id(ReadOnlySpan<char> entry) =>
        _idsBySpan.TryGetValue(entry, out var id)
            ? id
            : throw new FormatException($"the vocabulary lacks '{entry}', which the merges need");
}
