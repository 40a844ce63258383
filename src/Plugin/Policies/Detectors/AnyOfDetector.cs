namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when at least one part does. Every part is asked, because severity depends on which ones fired.</summary>
internal sealed class AnyOfDetector(IReadOnlyList<Detector> parts) : Detector
{
    public override bool Fires(JudgedText text, List<string> fired)
    {
        bool any = false;
        foreach (Detector part in parts)
        {
            any |= part.Fires(text, fired);
        }

        return any;
    }
}
