namespace Unlearning.Plugin.Policies;

/// <summary>What a candidate must hold before it may be promoted, by a policy. Whether the metric exists is for whoever measures it to say.</summary>
/// <param name="Metric">The metric's name; where it is formed of prompts with hazards, those of the policy's hazard alone count.</param>
/// <param name="Key">The limit's key in the file, for example <c>max_increase</c>.</param>
/// <param name="Kind">What is compared.</param>
/// <param name="Limit">The limit, in the metric's unit (0.2 of a share is 20 %) or as a fraction of the baseline.</param>
/// <param name="Conservative">Whether the worse end of the interval is compared; otherwise the number itself.</param>
/// <param name="MinSample">With fewer prompts than this, at least 1, the gate is inconclusive, which never promotes.</param>
public sealed record PolicyGate(string Metric, string Key, PolicyGateKind Kind, double Limit, bool Conservative, int MinSample)
{
    internal const string ConservativeWord = "conservative";

    internal const int DefaultMinSample = 30;
}
