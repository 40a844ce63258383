namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>
/// Fires when at least one part does. Every cheap part is asked, because severity depends on which ones fired; costly ones only when
/// none of these did.
/// </summary>
internal sealed class AnyOfDetector(IReadOnlyList<Detector> parts) : Detector
{
    private readonly Detector[] _parts = [.. parts.OrderBy(part => part.IsCostly)];

    public override bool IsCostly => _parts is [.., { IsCostly: true }];

    public override Verdict Judge(JudgedText text, List<string> fired)
    {
        Verdict any = Verdict.No;
        foreach (Detector part in _parts)
        {
            if (part.IsCostly && any == Verdict.Yes)
            {
                break;
            }

            Verdict verdict = part.Judge(text, fired);
            any = verdict > any ? verdict : any;
        }

        return any;
    }
}
