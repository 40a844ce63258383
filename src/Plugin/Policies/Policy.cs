using System.Text.RegularExpressions;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Policies;

/// <summary>One policy, compiled from its file; immutable and thread safe.</summary>
public sealed class Policy
{
    private const string DefaultWindow = "7d";

    private readonly PolicySpec _spec;
    private readonly Detector? _prompt;
    private readonly Detector? _answer;

    internal Policy(PolicyDocument document, Detector? prompt, Detector? answer)
    {
        _spec = document.Spec;
        _prompt = prompt;
        _answer = answer;
        Name = document.Metadata.Name;
        Version = document.Metadata.Version;
        Tests = document.Tests;
        Enforcement = EnforcementRule.Of(document.Spec.Enforcement);
        Scope = new PolicyScope(document.Spec.Applies);
        Sample = new SampleRule(document.Spec.Capture?.Sample ?? 1);
        Trigger = document.Spec.Remediation.Trigger is { } trigger
            ? new PolicyTrigger(trigger.MinConfirmed, PolicyDuration.Parse(trigger.Window ?? DefaultWindow), trigger.OrSeverity)
            : null;
        Gates =
        [
            .. document.Spec.Gates.SelectMany(gate => gate.Limits().Select(limit => new PolicyGate(
                gate.Metric, limit.Key, limit.Kind, limit.Limit, gate.Bound == PolicyGate.ConservativeWord, gate.MinSample))),
        ];
        Approvals = document.Spec.Approvals is { } approvals
            ? new PolicyApprovals(approvals.Required, approvals.Roles, PolicyDuration.Parse(approvals.Expires))
            : PolicyApprovals.None;
        ReviewSpec review = document.Spec.Review;
        Review = new PolicyReview(
            review.MinReviewers, review.SlaHours is { } hours ? TimeSpan.FromHours(hours) : null, review.AutoAccept?.SeverityLte);
    }

    /// <summary>Gets the policy's name.</summary>
    public string Name { get; }

    /// <summary>Gets the policy's version.</summary>
    public string Version { get; }

    /// <summary>Gets the hazard that its incidents are filed under.</summary>
    public string Hazard => _spec.Taxonomy.Canonical;

    /// <summary>Gets the same hazard's names in other taxonomies.</summary>
    public IReadOnlyList<string> HazardAliases => _spec.Taxonomy.Aliases;

    /// <summary>Gets the examples that the file carries.</summary>
    public IReadOnlyList<PolicyTest> Tests { get; }

    /// <summary>Gets how many days the text of this policy's incidents is kept; null leaves it to the host.</summary>
    public int? RetentionDays => _spec.Capture?.RetentionDays;

    /// <summary>Gets what starts a run beside the schedule; null for nothing.</summary>
    public PolicyTrigger? Trigger { get; }

    /// <summary>Gets what a candidate must hold, in the order of the file.</summary>
    public IReadOnlyList<PolicyGate> Gates { get; }

    /// <summary>Gets who must agree to a promotion.</summary>
    public PolicyApprovals Approvals { get; }

    /// <summary>Gets how its incidents are reviewed.</summary>
    public PolicyReview Review { get; }

    internal EnforcementRule Enforcement { get; }

    internal SampleRule Sample { get; }

    internal PolicyScope Scope { get; }

    internal IReadOnlyList<string> RedactNames => _spec.Capture?.RedactNames ?? [];

    internal string RefusalText => _spec.Remediation.RefusalText;

    internal int DefaultSeverity => _spec.Severity.Default;

    /// <summary>Judges one example by this policy alone.</summary>
    /// <param name="test">The example.</param>
    /// <returns>What came out differently than expected, or null.</returns>
    public string? Check(PolicyTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        JudgedInput input = new(test.Prompt, []);
        JudgedText answer = new(test.Answer, test.Prompt);
        PolicyMatch? match = Judge(JudgeInput(input), answer);

        // What a model or service would have to say is not known here, and not tested.
        bool promptOpen = input.Prompt.WantsAnswers, open = promptOpen || answer.WantsAnswers;
        string[] differences =
        [
            .. Difference("prompt", promptOpen ? null : test.Expect.Prompt, match?.PromptMatched ?? false),
            .. Difference("answer", open ? null : test.Expect.Answer, match?.AnswerMatched ?? false),
            .. Difference("severity", open ? null : test.Expect.Severity, match?.Severity ?? 0),
        ];
        return differences.Length == 0 ? null : $"{Name}: '{test.Name}': {string.Join("; ", differences)}.";
    }

    /// <summary>Judges what a model is given; tools are judged as the prompt is, because a model may take orders from them.</summary>
    /// <exception cref="TimeoutException">A pattern took longer than it may.</exception>
    internal InputFinding JudgeInput(JudgedInput input)
    {
        try
        {
            return new InputFinding(Fired(input.Prompt), input.ToolResults.Select(Fired).FirstOrDefault(fired => fired is not null));
        }
        catch (RegexMatchTimeoutException)
        {
            throw TookTooLong();
        }
    }

    /// <summary>Whether the answer to an input can match at all.</summary>
    internal bool JudgesAnswerTo(InputFinding input) =>
        _answer is not null && (input.Matched || _prompt is null || _spec.Detect.AnswerAlone);

    /// <summary>Judges an answer, apart from what was found in its input; null where there is none yet.</summary>
    /// <exception cref="TimeoutException">A pattern took longer than it may.</exception>
    internal PolicyMatch? Judge(InputFinding input, JudgedText? answer)
    {
        try
        {
            List<string> fired = [];
            bool answerMatched = answer is not null && JudgesAnswerTo(input) && _answer!.Judge(answer, fired) == Verdict.Yes;
            return input.Matched || answerMatched ? Match(input, answerMatched, fired) : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw TookTooLong();
        }
    }

    /// <summary>Makes the match of an interaction that a person, rather than a detector, found to break this policy.</summary>
    internal PolicyMatch MatchByReport() => new()
    {
        Policy = Name,
        PolicyVersion = Version,
        Hazard = Hazard,
        Severity = _spec.Severity.Default,
        PromptMatched = false,
        AnswerMatched = true,
        Detectors = ["report"],
        AutoAccept = false,
        RemediationEnabled = _spec.Remediation.Enabled,
        RefusalText = RefusalText,
    };

    private PolicyMatch Match(InputFinding input, bool answerMatched, List<string> answerDetectors)
    {
        IReadOnlyList<string> promptDetectors = input.PromptDetectors ?? [], toolDetectors = input.ToolDetectors ?? [];
        string[] fired = [.. promptDetectors, .. toolDetectors, .. answerDetectors];
        int severity = _spec.Severity.Rules.LastOrDefault(rule => fired.Contains(rule.When))?.Set ?? _spec.Severity.Default;
        return new PolicyMatch
        {
            Policy = Name,
            PolicyVersion = Version,
            Hazard = Hazard,
            Severity = severity,
            PromptMatched = input.PromptMatched,
            ToolResultMatched = input.ToolResultMatched,
            AnswerMatched = answerMatched,
            Detectors =
            [
                .. promptDetectors.Distinct().Select(detector => $"prompt/{detector}"),
                .. toolDetectors.Distinct().Select(detector => $"tool/{detector}"),
                .. answerDetectors.Distinct().Select(detector => $"answer/{detector}"),
            ],
            // What a tool brought in is not what the user asked: a reviewer decides whether the prompt and the answer belong together.
            AutoAccept = answerMatched
                && (input.PromptMatched || !input.ToolResultMatched)
                && severity <= Review.AutoAcceptUpTo,
            RemediationEnabled = _spec.Remediation.Enabled,
            RefusalText = RefusalText,
        };
    }

    private List<string>? Fired(JudgedText prompt)
    {
        List<string> fired = [];
        return _prompt?.Judge(prompt, fired) == Verdict.Yes ? fired : null;
    }

    // The original exception carries the text that was being matched.
    private TimeoutException TookTooLong() => new($"A pattern of the policy '{Name}' took too long.");

    private static IEnumerable<string> Difference<T>(string what, T? expected, T found)
        where T : struct
    {
        if (expected is { } value && !value.Equals(found))
        {
            yield return $"{what} should be {value} but is {found}";
        }
    }
}
