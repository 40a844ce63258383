using System.Text.RegularExpressions;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Plugin.Policies;

/// <summary>One policy, compiled from its file; immutable and thread safe.</summary>
public sealed class Policy
{
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

    /// <summary>Judges one example by this policy alone.</summary>
    /// <param name="test">The example.</param>
    /// <returns>What came out differently than expected, or null.</returns>
    public string? Check(PolicyTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        PolicyMatch? match = Judge(new JudgedText(test.Prompt), new JudgedText(test.Answer));
        string[] differences =
        [
            .. Difference("prompt", test.Expect.Prompt, match?.PromptMatched ?? false),
            .. Difference("answer", test.Expect.Answer, match?.AnswerMatched ?? false),
            .. Difference("severity", test.Expect.Severity, match?.Severity ?? 0),
        ];
        return differences.Length == 0 ? null : $"{Name}: '{test.Name}': {string.Join("; ", differences)}.";
    }

    /// <summary>Judges a prompt and its answer apart.</summary>
    /// <exception cref="TimeoutException">A pattern took longer than it may.</exception>
    internal PolicyMatch? Judge(JudgedText prompt, JudgedText answer)
    {
        try
        {
            return Match(prompt, answer);
        }
        catch (RegexMatchTimeoutException)
        {
            // The original exception carries the text that was being matched.
            throw new TimeoutException($"A pattern of the policy '{Name}' took too long.");
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
        RefusalText = _spec.Remediation.RefusalText,
    };

    private PolicyMatch? Match(JudgedText prompt, JudgedText answer)
    {
        List<string> promptDetectors = [], answerDetectors = [];
        bool promptMatched = _prompt?.Fires(prompt, promptDetectors) ?? false;
        bool answerCounts = promptMatched || _prompt is null || _spec.Detect.AnswerAlone;
        bool answerMatched = answerCounts && (_answer?.Fires(answer, answerDetectors) ?? false);
        if (!promptMatched && !answerMatched)
        {
            return null;
        }

        int severity = _spec.Severity.Rules
            .LastOrDefault(rule => promptDetectors.Contains(rule.When) || answerDetectors.Contains(rule.When))?.Set
            ?? _spec.Severity.Default;
        return new PolicyMatch
        {
            Policy = Name,
            PolicyVersion = Version,
            Hazard = Hazard,
            Severity = severity,
            PromptMatched = promptMatched,
            AnswerMatched = answerMatched,
            Detectors =
            [
                .. promptDetectors.Distinct().Select(detector => $"prompt/{detector}"),
                .. answerDetectors.Distinct().Select(detector => $"answer/{detector}"),
            ],
            AutoAccept = answerMatched && severity <= _spec.Review.AutoAccept?.SeverityLte,
            RemediationEnabled = _spec.Remediation.Enabled,
            RefusalText = _spec.Remediation.RefusalText,
        };
    }

    private static IEnumerable<string> Difference<T>(string what, T? expected, T found)
        where T : struct
    {
        if (expected is { } value && !value.Equals(found))
        {
            yield return $"{what} should be {value} but is {found}";
        }
    }
}
