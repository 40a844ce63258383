namespace Unlearning.Plugin.Policies;

/// <summary>What a policy's gate compares with its limit.</summary>
public enum PolicyGateKind
{
    /// <summary>The candidate's value is at most the limit (<c>max</c>).</summary>
    Max,

    /// <summary>The candidate's value is at least the limit (<c>min</c>).</summary>
    Min,

    /// <summary>Candidate minus baseline is at most the limit (<c>max_increase</c>).</summary>
    MaxIncrease,

    /// <summary>Baseline minus candidate is at least the limit (<c>min_decrease</c>).</summary>
    MinDecrease,

    /// <summary>Candidate minus baseline, divided by the baseline, is at most the limit (<c>max_relative_increase</c>).</summary>
    MaxRelativeIncrease,

    /// <summary>Baseline minus candidate, divided by the baseline, is at most the limit (<c>max_relative_decrease</c>).</summary>
    MaxRelativeDecrease,
}
