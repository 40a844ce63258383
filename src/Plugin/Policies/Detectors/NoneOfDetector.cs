namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when no part does.</summary>
internal sealed class NoneOfDetector(IReadOnlyList<Detector> parts) : Detector
{
    private readonly AnyOfDetector _any = new(parts);

    public override bool IsCostly => _any.IsCostly;

    public override Verdict Judge(JudgedText text, List<string> fired) => (Verdict)(Verdict.Yes - _any.Judge(text, []));
}
