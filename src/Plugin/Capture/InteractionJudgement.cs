using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Costly;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Capture;

/// <summary>Judges a finished interaction, every choice of its answer apart; a policy that fails costs its own judgement alone.</summary>
internal sealed class InteractionJudgement(
    PolicySet policies, Interaction interaction, IReadOnlyList<string> parts, Action<Policy, Exception> onFailure)
{
    private readonly JudgedInput _input = new(interaction.Prompt, interaction.ToolResults);
    // A costly answer can make a further question worth asking; policies nest no deeper than this in practice.
    private const int MaxRounds = 4;

    private readonly JudgedText _whole = new(interaction.Answer, interaction.Prompt);
    private readonly JudgedText[] _parts = parts.Count > 1 ? [.. parts.Select(part => new JudgedText(part, interaction.Prompt))] : [];
    private readonly SortedSet<int> _harmfulParts = [];
    private bool _wholeIsHarmful;

    /// <summary>Gets a value indicating whether the last report would profit from asking models or services.</summary>
    public bool WantsAnswers => Texts.Any(text => text.WantsAnswers);

    private IEnumerable<JudgedText> Texts => [_input.Prompt, .. _input.ToolResults, _whole, .. _parts];

    /// <summary>Asks what the policies want to know, and makes the report anew.</summary>
    /// <param name="detectors">Who asks.</param>
    /// <param name="onDetectorFailure">Told of questions that could not be answered; the policies judge without them.</param>
    /// <param name="cancellationToken">Stops the asking.</param>
    public async Task<IncidentReport?> AskAsync(
        CostlyDetectors detectors, Action<string, Exception> onDetectorFailure, CancellationToken cancellationToken)
    {
        IncidentReport? report = null;
        for (int round = 0; round < MaxRounds && WantsAnswers; round++)
        {
            foreach (JudgedText text in Texts)
            {
                JudgedText? sent = null;
                foreach (CostlyQuestion question in text.TakeWanted())
                {
                    sent ??= Scrub(text);
                    Verdict answer = await detectors
                        .AskAsync(question, sent, failure => onDetectorFailure(question.Kind, failure), cancellationToken).ConfigureAwait(false);
                    text.Note(question, answer);
                }
            }

            report = Report();
        }

        return report;
    }

    /// <summary>Makes the report, of whose choices only the harmful ones are the answer; or null when no policy matched.</summary>
    public IncidentReport? Report()
    {
        List<PolicyMatch> matches = [];
        _harmfulParts.Clear();
        _wholeIsHarmful = false;
        foreach (Policy policy in policies.Policies.Where(policy => policy.Scope.Covers(interaction) && policy.Sample.Takes(interaction.Id)))
        {
#pragma warning disable CA1031 // Whatever a detector throws must not reach the app.
            try
            {
                if (Judge(policy) is { } match)
                {
                    matches.Add(match);
                }
            }
            catch (Exception failure)
#pragma warning restore CA1031
            {
                onFailure(policy, failure);
            }
        }

        return matches.Count == 0 ? null : new IncidentReport
        {
            Interaction = _wholeIsHarmful || _harmfulParts.Count == 0
                ? interaction
                : interaction with { Answer = string.Join('\n', _harmfulParts.Select(part => parts[part])) },
            Matches = [.. matches.OrderByDescending(match => match.Severity)],
            PolicyRevision = policies.Revision,
        };
    }

    // A model or a service is told what may be stored, and no more.
    private JudgedText Scrub(JudgedText text) =>
        new(policies.PersonalData.Scrub(text.Normalized), text.Prompt is { } prompt ? policies.PersonalData.Scrub(prompt) : null);

    private PolicyMatch? Judge(Policy policy)
    {
        InputFinding input = policy.JudgeInput(_input);
        List<PolicyMatch> harmful = [];
        for (int i = 0; i < _parts.Length; i++)
        {
            if (policy.Judge(input, _parts[i]) is { AnswerMatched: true } match)
            {
                harmful.Add(match);
                _harmfulParts.Add(i);
            }
        }

        if (harmful.Count == 0)
        {
            PolicyMatch? match = policy.Judge(input, _whole);
            _wholeIsHarmful |= match is { AnswerMatched: true };
            return match;
        }

        return harmful.MaxBy(match => match.Severity)! with
        {
            Detectors = [.. harmful.SelectMany(match => match.Detectors).Distinct()],
            AutoAccept = harmful.TrueForAll(match => match.AutoAccept),
        };
    }
}
