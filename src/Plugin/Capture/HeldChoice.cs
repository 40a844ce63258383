using System.Text;

namespace Unlearning.Plugin.Capture;

/// <summary>One choice of a stream whose caller gets no text before more of it has been judged.</summary>
/// <remarks>
/// The text so far is judged as a whole, so that chunk boundaries do not matter, each time it has grown by the window; and only up to
/// where a word ends, for its next letters may make another word of it. What goes out is always a beginning that was itself judged and
/// let pass, and that is at least a window shorter than what has been judged by then.
/// </remarks>
internal sealed class HeldChoice<T>(IStreamForm<T> form, CallEnforcement enforcement, int window)
    where T : class
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly Queue<(T Piece, int End)> _held = [];
    private EnforcementRuling? _refusal;
    private T? _last;
    private (int Text, int Reasoning) _settled;
    private int _judged;
    private int _cleared;
    private bool _anyTextOut;

    private int Length => _text.Length + _reasoning.Length;

    private int Settled => _settled.Text + _settled.Reasoning;

    // Growing with the text keeps the cost of judging it again and again proportional to its length.
    private int Step => Math.Max(window, Length / 16);

    /// <summary>Takes the next piece.</summary>
    /// <returns>What may go out now.</returns>
    public IEnumerable<T> Push(T piece)
    {
        _last = piece;
        if (_refusal is not null)
        {
            return form.WithoutText(piece) is { } rest ? [rest] : [];
        }

        Append(form.ReasoningOf(piece), form.TextOf(piece));
        if (window == 0)
        {
            return [piece];
        }

        _held.Enqueue((piece, Length));
        if (Settled - _judged >= Step)
        {
            if (Judge(_settled) is { Refuses: true } ruling)
            {
                return Refuse(ruling);
            }

            _cleared = _judged;
            _judged = Settled;
        }

        return Release(_cleared);
    }

    /// <summary>Judges the choice as it ended.</summary>
    /// <returns>The rest of it.</returns>
    public IEnumerable<T> End()
    {
        if (_refusal is null && Judge((_text.Length, _reasoning.Length)) is { } ruling)
        {
            if (ruling.Refuses)
            {
                return [.. Refuse(ruling), form.Ending(_last!, ruling)];
            }

            enforcement.Follow(ruling);
            return [.. Release(Length), form.Ending(_last!, ruling)];
        }

        return _refusal is null ? Release(Length) : [form.Ending(_last!, _refusal)];
    }

    private void Append(string reasoning, string text)
    {
        string added = reasoning + text;
        if (added.Length == 0)
        {
            return;
        }

        if (WordEnd.IsAt(added[0]))
        {
            _settled = (_text.Length, _reasoning.Length);
        }

        _reasoning.Append(reasoning);
        _text.Append(text);
        if (WordEnd.IsAt(added[^1]))
        {
            _settled = (_text.Length, _reasoning.Length);
        }
    }

    private EnforcementRuling? Judge((int Text, int Reasoning) end)
    {
        EnforcementRuling? ruling = enforcement.Judge(_text.ToString(0, end.Text));
        return end.Reasoning == 0
            ? ruling
            : EnforcementRuling.Stricter(ruling, enforcement.Judge(_reasoning.ToString(0, end.Reasoning)));
    }

    private List<T> Refuse(EnforcementRuling ruling)
    {
        _refusal = ruling;
        enforcement.Follow(ruling);
        List<T> pieces = [form.Refusal(_last!, ruling, _anyTextOut), .. _held.Select(held => form.WithoutText(held.Piece)).OfType<T>()];
        _held.Clear();
        return pieces;
    }

    private List<T> Release(int end)
    {
        List<T> pieces = [];
        while (_held.TryPeek(out (T Piece, int End) next) && next.End <= end)
        {
            _anyTextOut |= next.End > 0;
            pieces.Add(_held.Dequeue().Piece);
        }

        return pieces;
    }
}
