using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>What is allowed in a policy but hardly meant. Each warning is certain: nothing here guesses.</summary>
internal static class PolicyWarnings
{
    /// <summary>Reads a policy without errors.</summary>
    public static IEnumerable<PolicyError> Of(LoadedPolicy loaded)
    {
        PolicyDocument document = loaded.Document!;
        DetectSpec detect = document.Spec.Detect;
        return
        [
            .. Tests(document, loaded.Places),
            .. Severity(document.Spec, loaded.Places),
            .. Answers(document.Spec, loaded.Places),
            .. Trigger(document.Spec.Remediation, loaded.Places),
            .. GateFindings.Warnings(loaded),
            .. DetectorWarnings.Of(detect.Prompt, "/spec/detect/prompt", loaded.Places),
            .. DetectorWarnings.Of(detect.Answer, "/spec/detect/answer", loaded.Places),
        ];
    }

    private static IEnumerable<PolicyError> Tests(PolicyDocument document, SourceMap places)
    {
        if (document.Tests.Count == 0)
        {
            yield return places.Error("/metadata/name", "The policy has no tests", "Add 'tests:' with a text that matches and a harmless look-alike");
            yield break;
        }

        if (!document.Tests.Any(test => test.Expect is { Prompt: true } or { Answer: true } or { Severity: > 0 }))
            yield return places.KeyError("/tests", "No test expects a match", "Add a text that must match");
        if (!document.Tests.Any(test => test.Expect is { Prompt: false } or { Answer: false } or { Severity: 0 }))
            yield return places.KeyError("/tests", "No test expects that something does not match", "Add a harmless look-alike");
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < document.Tests.Count; i++)
        {
            PolicyTest test = document.Tests[i];
            if (!names.Add(test.Name))
                yield return places.Error($"/tests/{i}/name", $"Another test is named '{test.Name}', too", "Give it a name of its own");
        }
    }

    private static IEnumerable<PolicyError> Severity(PolicySpec spec, SourceMap places)
    {
        HashSet<string> reported = [.. Reported(spec.Detect.Prompt), .. Reported(spec.Detect.Answer)];
        for (int i = 0; i < spec.Severity.Rules.Count; i++)
        {
            string when = spec.Severity.Rules[i].When, at = $"/spec/severity/rules/{i}/when";
            if (!reported.Contains(when))
            {
                yield return places.Error(
                    at, $"This rule never applies: '{when}' stands under none_of, and what stands there is never what fired", "Take the rule out");
            }

            if (spec.Severity.Rules.Skip(i + 1).Any(later => later.When == when))
                yield return places.Error(at, $"This rule never decides: a later one is for '{when}', too", "Take one of them out");
        }
    }

    private static IEnumerable<PolicyError> Answers(PolicySpec spec, SourceMap places)
    {
        bool judgesAnswers = spec.Detect.Answer is not null;
        if (!judgesAnswers && spec.Review.AutoAccept is not null)
        {
            yield return places.KeyError(
                "/spec/review/auto_accept", "This never applies: only an answer judged harmful is accepted without a reviewer", "Judge answers, or take it out");
        }

        if (spec.Detect.AnswerAlone && (spec.Detect.Prompt is null || !judgesAnswers))
            yield return places.KeyError("/spec/detect/answer_alone", "This changes nothing: the policy judges one side only", "Take it out");
        if (!judgesAnswers && spec.Remediation.Enabled)
        {
            yield return places.Error(
                "/spec/remediation/enabled", "Nothing will ever be unlearned: the policy judges no answers", "Judge answers, or say false");
        }
    }

    private static IEnumerable<PolicyError> Trigger(RemediationSpec remediation, SourceMap places)
    {
        if (remediation is { Enabled: false, Trigger: not null })
            yield return places.KeyError("/spec/remediation/trigger", "This never starts a run: nothing of this policy is unlearned", "Say enabled: true, or take it out");
    }

    // The names that a match can report: what fired under none_of is what was unwanted.
    private static IEnumerable<string> Reported(DetectorSpec? detector) => detector is null
        ? []
        :
        [
            .. detector.Name is { } name ? (string[])[name] : [],
            .. (detector.AllOf ?? []).SelectMany(Reported),
            .. (detector.AnyOf ?? []).SelectMany(Reported),
        ];
}
