using System.Buffers;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>A pattern that is matched whatever the case, in time linear in the text's length; immutable and thread safe.</summary>
/// <remarks>
/// Case is folded in pattern and text beforehand: an automaton that knows both cases of every letter takes three times as long to build and
/// to run. Most texts hold none of a pattern's words, and a vectorised search for these spares them the automaton.
/// </remarks>
internal sealed class TextPattern
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    // Linear matching of a bounded text ends long before this, unless the process is starved.
    private static readonly TimeSpan _timeLimit = TimeSpan.FromSeconds(1);

    // Building an automaton takes milliseconds, and an edited policy has most of its patterns as they were.
    private static readonly ConcurrentDictionary<string, WeakReference<TextPattern>> _built = new(StringComparer.Ordinal);

    private readonly Regex _regex;
    private readonly SearchValues<string>? _required;

    private TextPattern(string folded)
    {
        _regex = new Regex(folded, Options, _timeLimit);
        AutomatonScratch.Drop(_regex);
        _required = RequiredLiterals.Of(folded) is { } literals ? SearchValues.Create([.. literals], StringComparison.Ordinal) : null;
    }

    /// <summary>Compiles a pattern, or finds it among those in use.</summary>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    /// <exception cref="NotSupportedException">The pattern cannot be matched in linear time, or is too large for it.</exception>
    public static TextPattern Compile(string pattern)
    {
        if (_built.TryGetValue(pattern, out WeakReference<TextPattern>? known) && known.TryGetTarget(out TextPattern? built))
        {
            return built;
        }

        // Written wrongly, it is to be explained by its own offsets, not by those of its folded form.
        _ = new Regex(pattern, RegexOptions.CultureInvariant, _timeLimit);
        built = new TextPattern(CaseFolding.OfPattern(pattern));
        foreach ((string old, WeakReference<TextPattern> reference) in _built)
        {
            if (!reference.TryGetTarget(out _))
            {
                _built.TryRemove(new(old, reference));
            }
        }

        _built[pattern] = new WeakReference<TextPattern>(built);
        return built;
    }

    /// <summary>Whether the pattern occurs.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long.</exception>
    public bool IsMatch(JudgedText text) => MayMatch(text) && _regex.IsMatch(text.Folded);

    /// <summary>The first occurrence.</summary>
    /// <inheritdoc cref="IsMatch"/>
    public Match Match(JudgedText text) => MayMatch(text) ? _regex.Match(text.Folded) : System.Text.RegularExpressions.Match.Empty;

    /// <summary>How often the pattern occurs.</summary>
    /// <inheritdoc cref="IsMatch"/>
    public int Count(JudgedText text) => MayMatch(text) ? _regex.Count(text.Folded) : 0;

    private bool MayMatch(JudgedText text) => _required is null || text.Folded.AsSpan().ContainsAny(_required);
}
