namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when every part does. Cheap parts are asked first, so that a costly one is wanted only where it decides.</summary>
internal sealed class AllOfDetector(string? name, IReadOnlyList<Detector> parts) : Detector
{
    private readonly Detector[] _parts = [.. parts.OrderBy(part => part.IsCostly)];

    public override bool IsCostly => _parts is [.., { IsCostly: true }];

    public override Verdict Judge(JudgedText text, List<string> fired)
    {
        int before = fired.Count;
        Verdict all = Verdict.Yes;
        foreach (Detector part in _parts)
        {
            Verdict verdict = part.Judge(text, fired);
            all = verdict < all ? verdict : all;
            if (all == Verdict.No)
            {
                break;
            }
        }

        if (all != Verdict.Yes)
        {
            fired.RemoveRange(before, fired.Count - before);
        }
        else if (name is not null)
        {
            fired.Add(name);
        }

        return all;
    }
}
