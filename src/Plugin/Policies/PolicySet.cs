using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Plugin.Policies;

/// <summary>The policies in force at one time; immutable, so that one interaction is judged by one revision.</summary>
public sealed class PolicySet
{
    internal PolicySet(IReadOnlyList<Policy> policies, string revision)
    {
        Policies = policies;
        Revision = revision;
        PersonalData = policies.SelectMany(policy => policy.RedactNames).ToArray() is { Length: > 0 } names
            ? new PersonalDataScrubber(names)
            : PersonalDataScrubber.Default;
        Enforces = policies.Any(policy => policy.Enforcement.Mode != EnforcementMode.Observe);
    }

    /// <summary>Gets the set that matches nothing.</summary>
    public static PolicySet Empty { get; } = new([], "empty");

    /// <summary>Gets the policies, ordered by name.</summary>
    public IReadOnlyList<Policy> Policies { get; }

    /// <summary>Gets the hash of the files' contents, recorded on every decision.</summary>
    public string Revision { get; }

    /// <summary>Gets what replaces personal data, the names that any of the policies lists included.</summary>
    public PersonalDataScrubber PersonalData { get; }

    /// <summary>Gets a value indicating whether any policy does more than observe.</summary>
    internal bool Enforces { get; }

    /// <summary>Judges a prompt and its answer apart, by every policy.</summary>
    /// <param name="prompt">The user's text.</param>
    /// <param name="answer">The assistant's text.</param>
    /// <returns>The policies that matched, the gravest first; empty when none did.</returns>
    public IReadOnlyList<PolicyMatch> Judge(string prompt, string answer)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(answer);
        JudgedInput input = new(prompt, []);
        JudgedText judgedAnswer = new(answer);
        List<PolicyMatch> matches = [];
        foreach (Policy policy in Policies)
        {
            if (policy.Judge(policy.JudgeInput(input), judgedAnswer) is { } match)
            {
                matches.Add(match);
            }
        }

        return matches.Count < 2 ? matches : [.. matches.OrderByDescending(match => match.Severity)];
    }
}
