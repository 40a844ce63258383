using System.Text;

namespace Unlearning.Engine.Inference;

/// <summary>
/// An answer's text, cut at the first stop string wherever token boundaries fall. What may still become a stop string is held back
/// from being shown.
/// </summary>
internal sealed class StopText(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _text = new();
    private readonly int _longest = stops.Count == 0 ? 0 : stops.Max(stop => stop.Length);
    private int _shown;

    /// <summary>Whether a stop string was met.</summary>
    public bool Stopped { get; private set; }

    public override string ToString() => _text.ToString();

    /// <summary>Adds text and returns what may be shown now.</summary>
    /// <param name="added">The next piece, often empty.</param>
    /// <param name="last">Nothing follows, so nothing is held back.</param>
    public string Append(string added, bool last)
    {
        int from = Math.Max(0, _text.Length - _longest + 1);
        _text.Append(added);
        string tail = _longest == 0 ? "" : _text.ToString(from, _text.Length - from);
        int first = stops.Select(stop => tail.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        if (first >= 0)
        {
            Stopped = true;
            _text.Length = from + first;
        }

        int end = Stopped || last ? _text.Length : _text.Length - Held(tail);
        if (end <= _shown)
            return "";
        string shown = _text.ToString(_shown, end - _shown);
        _shown = end;
        return shown;
    }

    /// <summary>Length of the longest end of the text with which a stop string begins.</summary>
    private int Held(string tail)
    {
        for (int length = Math.Min(tail.Length, _longest - 1); length > 0; length--)
        {
            if (stops.Any(stop => stop.AsSpan().StartsWith(tail.AsSpan(tail.Length - length), StringComparison.Ordinal)))
                return length;
        }

        return 0;
    }
}
