namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when every part does.</summary>
internal sealed class AllOfDetector(string? name, IReadOnlyList<Detector> parts) : Detector
{
    public override bool Fires(JudgedText text, List<string> fired)
    {
        int before = fired.Count;
        foreach (Detector part in parts)
        {
            if (!part.Fires(text, fired))
            {
                fired.RemoveRange(before, fired.Count - before);
                return false;
            }
        }

        if (name is not null)
        {
            fired.Add(name);
        }

        return true;
    }
}
