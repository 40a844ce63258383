using Unlearning.Plugin.Policies;

namespace Unlearning.Plugin.Capture;

/// <summary>A finished interaction on its way through judging to the sink.</summary>
/// <param name="Interaction">The interaction.</param>
/// <param name="Parts">The answer's choices, when there are several.</param>
/// <param name="Policies">The policies that have judged it already while it ran, or null for those in force.</param>
/// <param name="Characters">How much text it holds.</param>
internal sealed record CapturedInteraction(Interaction Interaction, IReadOnlyList<string> Parts, PolicySet? Policies, long Characters)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets a task that ends when this is acknowledged, lost, or matched nothing; it never faults.</summary>
    public Task Done => _done.Task;

    /// <summary>Gets or sets how the interaction was judged.</summary>
    public InteractionJudgement? Judgement { get; set; }

    /// <summary>Gets or sets what goes to the sink.</summary>
    public IncidentReport? Report { get; set; }

    /// <summary>Gets how grave it is, as far as it is judged; 0 when nothing has matched.</summary>
    public int Severity => Report?.Matches[0].Severity ?? 0;

    public void Complete() => _done.TrySetResult();
}
