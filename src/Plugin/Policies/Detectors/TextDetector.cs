namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>A detector that needs nothing but the text.</summary>
internal abstract class TextDetector : Detector
{
    public sealed override Verdict Judge(JudgedText text, List<string> fired) => Fires(text) ? Verdict.Yes : Verdict.No;

    /// <summary>Tells whether the text has the property.</summary>
    public abstract bool Fires(JudgedText text);
}
