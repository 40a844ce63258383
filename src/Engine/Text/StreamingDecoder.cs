using System.Text;

namespace Unlearning.Engine.Text;

/// <summary>
/// Decodes an answer token by token, holding back bytes until they make whole characters. Skips control tokens. For one answer and one
/// thread.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _begun;

    internal StreamingDecoder(Tokenizer tokenizer) => _tokenizer = tokenizer;

    /// <summary>Takes the next id and returns the text that is complete now, often none.</summary>
    public string Append(int id)
    {
        var bytes = _tokenizer.BytesOf(id, skipSpecialTokens: true);
        var isFirst = !_begun && !bytes.IsEmpty;
        _begun |= isFirst;
        return Decode(isFirst && _tokenizer.DropsFirstSpace && bytes[0] == ' ' ? bytes[1..] : bytes, flush: false);
    }

    /// <summary>Ends the answer: what never became a character shows as U+FFFD. The decoder can then begin another answer.</summary>
    public string Flush()
    {
        _begun = false;
        return Decode([], flush: true);
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> buffer = stackalloc char[256];
        if (bytes.Length > buffer.Length - 8)
            buffer = new char[bytes.Length + 8];
        return new(buffer[.._decoder.GetChars(bytes, buffer, flush)]);
    }
}
