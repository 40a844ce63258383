namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Fires when at least one pattern occurs; in time linear in the text's length.</summary>
internal sealed class PatternDetector(IReadOnlyList<TextPattern> patterns) : TextDetector
{
    public override bool Fires(JudgedText text) => patterns.Any(text.Has);
}
