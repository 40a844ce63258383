namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>
/// Finds strings of which every match of a regular expression contains at least one, so that a text without any of them need not be
/// matched. It reads what policies use of the syntax, and says nothing about a pattern that has more.
/// </summary>
/// <remarks>The idea is that of RE2's prefilters: what a part matches is kept exactly while that is a small set of strings.</remarks>
internal sealed class RequiredLiterals
{
    private const int MinLength = 3, MaxLiterals = 256, MaxExact = 64;

    private readonly string _pattern;
    private int _at;

    private RequiredLiterals(string pattern) => _pattern = pattern;

    /// <summary>Gives the strings; null when there are none that would help.</summary>
    /// <param name="pattern">A valid regular expression.</param>
    public static IReadOnlyList<string>? Of(string pattern)
    {
        RequiredLiterals reader = new(pattern);
        if (reader.Alternatives() is not { } whole || reader._at < pattern.Length)
        {
            return null;
        }

        IReadOnlyList<string>? literals = whole.Literals;
        return literals is { Count: <= MaxLiterals } && Worth(literals) >= MinLength ? literals : null;
    }

    private static int Worth(IReadOnlyList<string>? literals) => literals is null ? 0 : literals.Min(literal => literal.Length);

    // Each of these gives null when it meets what it does not know.
    private Part? Alternatives()
    {
        List<Part> branches = [];
        do
        {
            if (Sequence() is not { } branch)
            {
                return null;
            }

            branches.Add(branch);
        }
        while (Take('|'));

        if (branches.Count == 1)
        {
            return branches[0];
        }

        if (branches.TrueForAll(branch => branch.Exact is not null) && branches.Sum(branch => branch.Exact!.Count) <= MaxExact)
        {
            return new Part([.. branches.SelectMany(branch => branch.Exact!).Distinct()], null);
        }

        return branches.TrueForAll(branch => branch.Literals is not null)
            ? new Part(null, [.. branches.SelectMany(branch => branch.Literals!).Distinct()])
            : Part.Anything;
    }

    private Part? Sequence()
    {
        IReadOnlyList<string> run = [""];
        IReadOnlyList<string>? best = null;
        bool exact = true;
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            if (Quantified() is not { } part)
            {
                return null;
            }

            if (part.Exact is { } strings && run.Count * strings.Count <= MaxExact)
            {
                run = [.. run.SelectMany(_ => strings, (head, tail) => head + tail).Distinct()];
                continue;
            }

            exact = false;
            best = Better(Better(best, run), part.Literals);
            run = part.Exact ?? [""];
        }

        return exact ? new Part(run, null) : new Part(null, Better(best, run));
    }

    private static IReadOnlyList<string>? Better(IReadOnlyList<string>? one, IReadOnlyList<string>? other)
    {
        (int first, int second) = (Worth(one), Worth(other));
        return first == 0 && second == 0 ? null
            : first != second ? (first > second ? one : other)
            : one!.Count <= other!.Count ? one : other;
    }

    private Part? Quantified()
    {
        if (Single() is not { } part)
        {
            return null;
        }

        while (_at < _pattern.Length && _pattern[_at] is '*' or '+' or '?' or '{')
        {
            char quantifier = _pattern[_at++];
            int least = quantifier == '+' ? 1 : 0;
            if (quantifier == '{')
            {
                int end = _pattern.IndexOf('}', _at);
                if (end < 0 || !int.TryParse(_pattern[_at..end].Split(',')[0], out least))
                {
                    return null;
                }

                _at = end + 1;
            }

            Take('?');
            part = least > 0 ? new Part(null, part.Literals)
                : quantifier == '?' && part.Exact is { Count: < MaxExact } ? new Part([.. part.Exact, ""], null)
                : Part.Anything;
        }

        return part;
    }

    private Part? Single()
    {
        char next = _pattern[_at++];
        return next switch
        {
            '(' => Group(),
            '[' => Class(),
            '\\' => Escape(),
            '^' or '$' => Part.Nothing,
            '.' => Part.Anything,
            '*' or '+' or '?' or '{' => null,
            _ => Part.Of(next),
        };
    }

    private Part? Group()
    {
        if (Take('?') && !Take(':'))
        {
            return null;
        }

        Part? inside = Alternatives();
        return Take(')') ? inside : null;
    }

    private Part? Class()
    {
        List<string>? characters = Take('^') ? null : [];
        for (bool first = true; _at < _pattern.Length; first = false)
        {
            char next = _pattern[_at++];
            switch (next)
            {
                case ']' when !first:
                    return characters is { Count: <= 8 } ? new Part(characters, null) : Part.Anything;
                case '[':
                    return null;
                case '\\' when _at < _pattern.Length:
                    if (char.IsLetterOrDigit(_pattern[_at]))
                    {
                        characters = null;
                    }
                    else
                    {
                        characters?.Add(_pattern[_at].ToString());
                    }

                    _at++;
                    break;
                case '-' when !first && _at < _pattern.Length && _pattern[_at] != ']':
                    characters = null;
                    break;
                default:
                    characters?.Add(next.ToString());
                    break;
            }
        }

        return null;
    }

    private Part? Escape()
    {
        char escaped = _pattern[_at++];
        return escaped switch
        {
            'b' or 'B' or 'A' or 'z' or 'Z' => Part.Nothing,
            'w' or 'W' or 's' or 'S' or 'd' or 'D' => Part.Anything,
            _ when char.IsLetterOrDigit(escaped) => null,
            _ => Part.Of(escaped),
        };
    }

    private bool Take(char expected)
    {
        if (_at < _pattern.Length && _pattern[_at] == expected)
        {
            _at++;
            return true;
        }

        return false;
    }

    /// <summary>What a part of the pattern matches.</summary>
    /// <param name="Exact">All strings it can match, where these are few.</param>
    /// <param name="Required">Otherwise strings of which any match contains one, where there are such.</param>
    private sealed record Part(IReadOnlyList<string>? Exact, IReadOnlyList<string>? Required)
    {
        public static Part Nothing { get; } = new([""], null);

        public static Part Anything { get; } = new(null, null);

        public IReadOnlyList<string>? Literals => Exact ?? Required;

        public static Part Of(char character) => new([character.ToString()], null);
    }
}
