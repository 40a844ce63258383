namespace Unlearning.Plugin.Policies.Documents;

internal sealed record GateSpec
{
    public required string Metric { get; init; }

    public double? Max { get; init; }

    public double? Min { get; init; }

    public double? MaxIncrease { get; init; }

    public double? MinDecrease { get; init; }

    public double? MaxRelativeIncrease { get; init; }

    public double? MaxRelativeDecrease { get; init; }

    public string Bound { get; init; } = PolicyGate.ConservativeWord;

    public int MinSample { get; init; } = PolicyGate.DefaultMinSample;

    /// <summary>Every limit that is written, with its key.</summary>
    public IEnumerable<(string Key, PolicyGateKind Kind, double Limit)> Limits()
    {
        (string, PolicyGateKind, double?)[] all =
        [
            ("max", PolicyGateKind.Max, Max),
            ("min", PolicyGateKind.Min, Min),
            ("max_increase", PolicyGateKind.MaxIncrease, MaxIncrease),
            ("min_decrease", PolicyGateKind.MinDecrease, MinDecrease),
            ("max_relative_increase", PolicyGateKind.MaxRelativeIncrease, MaxRelativeIncrease),
            ("max_relative_decrease", PolicyGateKind.MaxRelativeDecrease, MaxRelativeDecrease),
        ];
        return all.Where(entry => entry.Item3 is not null).Select(entry => (entry.Item1, entry.Item2, entry.Item3!.Value));
    }
}
