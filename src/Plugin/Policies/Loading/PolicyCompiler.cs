using System.Text.RegularExpressions;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Turns a policy file that fits the schema into a policy, and finds what a schema cannot.</summary>
internal sealed class PolicyCompiler(SourceMap places)
{
    private readonly List<PolicyError> _errors = [];
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private string _hazard = "";
    private bool _enforces;

    /// <summary>Gets what is wrong; the compiled policy is of no use when there is anything.</summary>
    public IReadOnlyList<PolicyError> Errors => _errors;

    public Policy Compile(PolicyDocument document)
    {
        PolicySpec spec = document.Spec;
        _hazard = spec.Taxonomy.Canonical;
        _enforces = spec.Enforcement.Mode != "observe";
        if (spec.Enforcement.Mode != EnforcementRule.RefuseWord)
        {
            CheckUnused("on_error", spec.Enforcement.OnError is not null);
            CheckUnused("hold_back", spec.Enforcement.HoldBack is not null);
        }

        CheckNames(spec.Capture?.RedactNames ?? []);
        Detector? prompt = CompileSide("prompt", "prompt", spec.Detect.Prompt, spec.Applies);
        Detector? answer = CompileSide("answer", "response", spec.Detect.Answer, spec.Applies);
        for (int i = 0; i < spec.Severity.Rules.Count; i++)
        {
            string when = spec.Severity.Rules[i].When;
            if (!_names.Contains(when))
            {
                PolicyFix fix = PolicyFix.Nearest(
                    when, _names, _names.Count > 0 ? $"Named here: {string.Join(", ", _names)}" : "Give a detector that 'name:'");
                _errors.Add(places.Error($"/spec/severity/rules/{i}/when", $"No detector of this policy is named '{when}'", fix));
            }
        }

        CheckTrigger(spec.Remediation.Trigger);
        CheckGates(spec.Gates);
        return new Policy(document, prompt, answer);
    }

    private void CheckTrigger(TriggerSpec? trigger)
    {
        if (trigger is { Window: not null, MinConfirmed: null })
        {
            _errors.Add(places.KeyError(
                "/spec/remediation/trigger/window", "This is never used: nothing is counted", "Add 'min_confirmed:' here, or take this out"));
        }
    }

    private void CheckGates(IReadOnlyList<GateSpec> gates)
    {
        HashSet<(string Metric, PolicyGateKind Kind)> seen = [];
        for (int i = 0; i < gates.Count; i++)
        {
            (string Key, PolicyGateKind Kind, double Limit)[] limits = [.. gates[i].Limits()];
            if (limits.Length == 0)
            {
                _errors.Add(places.Error(
                    $"/spec/gates/{i}",
                    "Nothing says what the metric must hold",
                    "Add one of max, min, max_increase, min_decrease, max_relative_increase or max_relative_decrease"));
            }

            foreach ((string key, _, _) in limits.Skip(1))
            {
                _errors.Add(places.KeyError($"/spec/gates/{i}/{key}", "A gate has one limit, and this is another", "Put it into a gate of its own"));
            }

            if (limits is [var (first, kind, _), ..] && !seen.Add((gates[i].Metric, kind)))
            {
                _errors.Add(places.KeyError(
                    $"/spec/gates/{i}/{first}", $"An earlier gate already says what {first} of {gates[i].Metric} is", "Take one of them out"));
            }
        }
    }

    private void CheckNames(IReadOnlyList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (!names[i].Any(char.IsLetterOrDigit))
            {
                _errors.Add(places.Error($"/spec/capture/redact_names/{i}", "This name has no letter or digit", "Write a name"));
            }
        }
    }

    private void CheckUnused(string key, bool written)
    {
        if (written)
        {
            _errors.Add(places.KeyError(
                $"/spec/enforcement/{key}",
                "This is never used: the policy does not refuse",
                $"Set mode to '{EnforcementRule.RefuseWord}', or take this out"));
        }
    }

    private AllOfDetector? CompileSide(string side, string direction, DetectorSpec? spec, AppliesSpec applies)
    {
        bool wanted = applies.To.Contains(direction);
        if (wanted && spec is null)
        {
            _errors.Add(places.Error(
                "/spec/detect",
                $"The policy applies to the {direction}, but nothing says how to judge it",
                $"Add '{side}:' here, or take '{direction}' out of applies.to"));
        }
        else if (!wanted && spec is not null)
        {
            _errors.Add(places.KeyError(
                $"/spec/detect/{side}",
                $"This is never used: the policy does not apply to the {direction}",
                $"Add '{direction}' to applies.to, or take this out"));
        }

        return wanted && spec is not null ? CompileDetector(spec, $"/spec/detect/{side}") : null;
    }

    private AllOfDetector CompileDetector(DetectorSpec spec, string at)
    {
        List<Detector> parts = [];
        if (spec.Terms is not null && CompileTerms(spec.Terms, $"{at}/terms") is { } terms)
        {
            parts.Add(terms);
        }

        if (spec.Regex is not null)
        {
            IEnumerable<TextPattern?> patterns = spec.Regex.Select((pattern, i) => CompilePattern(pattern, $"{at}/regex/{i}"));
            parts.Add(new PatternDetector([.. patterns.OfType<TextPattern>()]));
        }

        if (spec.Compliance is not null)
        {
            parts.Add(new ComplianceDetector(spec.Compliance));
        }

        if (spec.Classifier is { } classifier)
        {
            parts.Add(new ClassifierDetector(classifier.Of, classifier.Threshold));
        }

        parts.AddRange(CompileCostly(spec, at).Select(question => new CostlyDetector(question)));

        // The detectors that read least come first: a part that does not fire ends the judgement.
        if (spec.AllOf is not null)
        {
            parts.AddRange(CompileDetectors(spec.AllOf, $"{at}/all_of"));
        }

        if (spec.AnyOf is not null)
        {
            parts.Add(new AnyOfDetector(CompileDetectors(spec.AnyOf, $"{at}/any_of")));
        }

        if (spec.NoneOf is not null)
        {
            parts.Add(new NoneOfDetector(CompileDetectors(spec.NoneOf, $"{at}/none_of")));
        }

        if (parts.Count == 0 && _errors.Count == 0)
        {
            _errors.Add(places.Error(at, "This detector looks for nothing", "Give it terms, regex, compliance, classifier, judge, guard, moderation, similar_to, all_of, any_of or none_of"));
        }

        if (spec.Name is not null)
        {
            _names.Add(spec.Name);
        }

        return new AllOfDetector(spec.Name, parts);
    }

    private IEnumerable<CostlyQuestion> CompileCostly(DetectorSpec spec, string at)
    {
        if (spec.Judge is { } judge)
        {
            CheckObserving($"{at}/judge");
            yield return new JudgeQuestion(judge.Client, judge.Question);
        }

        if (spec.Guard is { } guard)
        {
            CheckObserving($"{at}/guard");
            yield return new GuardQuestion(guard.Client, string.Join(',', guard.Categories));
        }

        if (spec.Moderation is { } moderation)
        {
            CheckObserving($"{at}/moderation");
            yield return new ModerationQuestion(moderation.Category, moderation.Threshold);
        }

        if (spec.SimilarTo is { } similar)
        {
            CheckObserving($"{at}/similar_to");
            if (similar is { Examples: [], KnownIncidents: false })
            {
                _errors.Add(places.Error(
                    $"{at}/similar_to", "There is nothing to compare with", "Give it examples, or set known_incidents to true"));
            }

            string examples = string.Join('\n', similar.Examples.Select(example => example.ReplaceLineEndings(" ")));
            yield return new SimilarityQuestion(examples, similar.KnownIncidents ? _hazard : null, similar.Threshold);
        }
    }

    // What the caller gets is decided before the answer goes out, and these are asked after it has.
    private void CheckObserving(string at)
    {
        if (_enforces)
        {
            _errors.Add(places.KeyError(
                at,
                "A policy that warns or refuses cannot wait for a model or a service",
                "Set enforcement.mode to 'observe', or put this detector into a policy of its own that observes"));
        }
    }

    private Detector[] CompileDetectors(IReadOnlyList<DetectorSpec> specs, string at) =>
        [.. specs.Select((spec, i) => CompileDetector(spec, $"{at}/{i}"))];

    private PatternDetector? CompileTerms(IReadOnlyList<string> terms, string at)
    {
        for (int i = 0; i < terms.Count; i++)
        {
            if (!terms[i].Any(char.IsLetterOrDigit))
            {
                _errors.Add(places.Error($"{at}/{i}", "This term has no letter or digit", "Write a word or phrase"));
            }
        }

        return CompilePattern(TermPattern.Of(terms), at) is { } pattern ? new PatternDetector([pattern]) : null;
    }

    private TextPattern? CompilePattern(string pattern, string at)
    {
        try
        {
            return TextPattern.Compile(pattern);
        }
        catch (ArgumentException malformed)
        {
            string reason = malformed is RegexParseException parse ? $"{parse.Error} at offset {parse.Offset}" : "it is malformed";
            _errors.Add(places.Error(at, $"This is not a regular expression: {reason}", "Escape or close what stands there"));
        }
        catch (NotSupportedException)
        {
            _errors.Add(places.Error(
                at,
                "This pattern cannot be matched in linear time",
                "Take out lookaround and backreferences, and split it if it is very large"));
        }

        return null;
    }
}
