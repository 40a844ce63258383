using System.Text;

namespace Unlearning.Engine.Text;

/// <summary>Decodes an answer token by token, holding back bytes until they make whole characters. Skips control tokens. For one answer and one thread.</summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    internal StreamingDecoder(Tokenizer tokenizer) => _tokenizer = tokenizer;

    /// <summary>Takes the next id and returns the text that is complete now, often none.</summary>
    public string Append(int id) => Decode(_tokenizer.BytesOf(id, skipSpecialTokens: true), flush: false);

    /// <summary>Ends the answer: what never became a character shows as U+FFFD. The decoder can then begin another answer.</summary>
    public string Flush() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> buffer = stackalloc char[256];
        if (bytes.Length > buffer.Length - 8)
            buffer = new char[bytes.Length + 8];
        return new(buffer[.._decoder.GetChars(bytes, buffer, flush)]);
    }
}
