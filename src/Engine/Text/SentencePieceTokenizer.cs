using System.Globalization;
using System.Text;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>Builds a tokenizer from a SentencePiece vocabulary.</summary>
internal static class SentencePieceTokenizer
{
    /// <exception cref="FormatException">The vocabulary is inconsistent.</exception>
    public static Tokenizer Create(IEnumerable<SentencePiece> vocabulary, IReadOnlyCollection<AddedToken> added, bool addSpacePrefix)
    {
        var ids = new Dictionary<string, int>();
        var pieces = new Dictionary<string, (int, double)>();
        var idOfByte = new int[256];
        Array.Fill(idOfByte, -1);
        int? unknown = null;
        foreach (var piece in vocabulary)
        {
            if (!ids.TryAdd(piece.Text, piece.Id))
                throw new FormatException($"the token '{piece.Text}' is in the vocabulary twice");
            if (piece.Type == GgufTokenType.Byte)
                idOfByte[ByteOf(piece.Text) is >= 0 and var value ? value : throw NoByte(piece.Text)] = piece.Id;
            else if (piece.Type == GgufTokenType.Unknown)
                unknown = piece.Id;
            else if (piece.Type is GgufTokenType.Normal or GgufTokenType.Undefined)
                pieces.Add(piece.Text, (piece.Id, piece.Score));
        }
        return new(new SentencePieceEncoder(pieces, idOfByte, unknown, addSpacePrefix), ids, added, BytesOf, addSpacePrefix);
    }

    /// <summary>The byte that "&lt;0x0A&gt;" names, or -1 for another entry.</summary>
    public static int ByteOf(string entry) =>
        entry is ['<', '0', 'x', _, _, '>'] && byte.TryParse(entry.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, null, out var value)
            ? value
            : -1;

    private static FormatException NoByte(string entry) => new($"the token '{entry}' is listed as a byte and names none");

    private static byte[] BytesOf(string entry) =>
        ByteOf(entry) is >= 0 and var value ? [(byte)value] : Encoding.UTF8.GetBytes(entry.Replace(SentencePieceEncoder.Space, ' '));
}
