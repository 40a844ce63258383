using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Capture;

/// <summary>The policies of one call that do more than observe, with what they found in its input.</summary>
/// <remarks>A call is judged by one revision of the policies throughout. It is made only where a policy enforces.</remarks>
internal sealed class CallEnforcement
{
    private readonly InteractionRecorder _recorder;
    private readonly string _interactionId;
    private readonly List<(Policy Policy, InputFinding Input)> _watching = [];
    private EnforcementRuling? _failedClosed;

    public CallEnforcement(InteractionRecorder recorder, PolicySet policies, Interaction begun)
    {
        _recorder = recorder;
        _interactionId = begun.Id;
        Policies = policies;
        JudgedInput input = new(begun.Prompt, begun.ToolResults);
        foreach (Policy policy in policies.Policies
            .Where(policy => policy.Enforcement.Mode != EnforcementMode.Observe && policy.Scope.Covers(begun)))
        {
            JudgeInput(policy, input);
        }

        Input = EnforcementRuling.Stricter(Input, _failedClosed);
        HoldBack = _watching
            .Where(watching => watching.Policy.JudgesAnswerTo(watching.Input))
            .Select(watching => watching.Policy.Enforcement.HoldBack)
            .DefaultIfEmpty().Max();
    }

    public PolicySet Policies { get; }

    /// <summary>Gets the refusal that the input alone calls for, so that the model is not asked; or null.</summary>
    public EnforcementRuling? Input { get; private set; }

    /// <summary>Gets how many characters of a stream wait for more to be judged; 0 when no answer to this input would be refused.</summary>
    public int HoldBack { get; }

    /// <summary>Gets a value indicating whether the caller got a refusal.</summary>
    public bool Refused { get; private set; }

    /// <summary>Judges an answer, or as much of it as there is.</summary>
    /// <returns>What to do about it, or null to let it pass; detectors that fail decide as their policies say.</returns>
    public EnforcementRuling? Judge(string answer)
    {
        EnforcementRuling? strictest = null;
        JudgedText judged = new(answer);
        for (int i = _watching.Count - 1; i >= 0; i--)
        {
            (Policy policy, InputFinding input) = _watching[i];
#pragma warning disable CA1031 // Whatever a detector throws must not reach the app.
            try
            {
                if (policy.Judge(input, judged) is { } match)
                {
                    strictest = EnforcementRuling.Stricter(strictest, EnforcementRuling.Of(policy, match));
                }
            }
            catch (Exception failure)
#pragma warning restore CA1031
            {
                // It is not asked again in this call: a detector that has timed out once would cost as much at every chunk.
                _watching.RemoveAt(i);
                Fail(policy, failure);
            }
        }

        return EnforcementRuling.Stricter(strictest, _failedClosed);
    }

    /// <summary>Notes that a ruling was followed.</summary>
    public void Follow(EnforcementRuling ruling)
    {
        Refused |= ruling.Refuses;
        _recorder.Enforced(_interactionId, ruling);
    }

    private void JudgeInput(Policy policy, JudgedInput input)
    {
#pragma warning disable CA1031 // Whatever a detector throws must not reach the app.
        try
        {
            InputFinding finding = policy.JudgeInput(input);
            if (finding.Matched && policy.Enforcement.Mode == EnforcementMode.Refuse)
            {
                Input = EnforcementRuling.Stricter(Input, EnforcementRuling.Of(policy, policy.Judge(finding, answer: null)!));
            }
            else if (finding.Matched || policy.JudgesAnswerTo(finding))
            {
                _watching.Add((policy, finding));
            }
        }
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(policy, failure);
        }
    }

    private void Fail(Policy policy, Exception failure)
    {
        _recorder.EnforcementFailed(_interactionId, policy, failure);
        if (policy.Enforcement.FailsClosed)
        {
            _failedClosed = EnforcementRuling.Stricter(_failedClosed, EnforcementRuling.OfFailure(policy));
        }
    }
}
