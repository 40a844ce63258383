using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Plugin.Policies;

/// <summary>A policy's enforcement as its file says it.</summary>
/// <param name="Mode">What the caller gets.</param>
/// <param name="FailsClosed">Whether a detector that fails counts as a match.</param>
/// <param name="HoldBack">How many characters of a stream wait for more to be judged.</param>
internal sealed record EnforcementRule(EnforcementMode Mode, bool FailsClosed, int HoldBack)
{
    /// <summary>The word for <see cref="EnforcementMode.Refuse"/> in a file.</summary>
    public const string RefuseWord = "refuse";

    private const int DefaultHoldBack = 160;

    public static EnforcementRule Of(EnforcementSpec spec) => spec.Mode switch
    {
        RefuseWord => new(EnforcementMode.Refuse, (spec.OnError ?? RefuseWord) == RefuseWord, spec.HoldBack ?? DefaultHoldBack),
        "warn" => new(EnforcementMode.Warn, false, 0),
        _ => new(EnforcementMode.Observe, false, 0),
    };
}
