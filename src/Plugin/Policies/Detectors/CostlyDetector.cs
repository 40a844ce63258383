namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Has a model or a service judge. It knows only what to ask; who asks, notes the answer with the text and judges again.</summary>
internal sealed class CostlyDetector(CostlyQuestion question) : Detector
{
    public override bool IsCostly => true;

    public override Verdict Judge(JudgedText text, List<string> fired) => text.AnswerTo(question);
}
