namespace Unlearning.Plugin.Functions;

/// <summary>Why a run's candidate passed or did not.</summary>
public sealed record GateExplanation
{
    /// <summary>Gets the run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>Gets the verdict over all gates: pass, fail or inconclusive; only pass promotes.</summary>
    public required string Verdict { get; init; }

    /// <summary>Gets when data that the run was trained on was erased, after which it cannot be reproduced; null while it can.</summary>
    public DateTimeOffset? DataErasedAt { get; init; }

    /// <summary>Gets each gate's verdict.</summary>
    public required IReadOnlyList<GateLine> Gates { get; init; }
}
