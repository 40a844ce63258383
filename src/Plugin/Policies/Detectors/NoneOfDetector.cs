namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when no part does.</summary>
internal sealed class NoneOfDetector(IReadOnlyList<Detector> parts) : Detector
{
    public override bool Fires(JudgedText text, List<string> fired)
    {
        List<string> unwanted = [];
        return !parts.Any(part => part.Fires(text, unwanted));
    }
}
