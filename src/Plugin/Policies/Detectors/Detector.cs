namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Decides whether one text has a property; immutable and thread safe.</summary>
internal abstract class Detector
{
    /// <summary>Tells whether the text has the property.</summary>
    /// <param name="text">The text of one side of an interaction.</param>
    /// <param name="fired">Gains the names of the detectors that led to a yes, and nothing on a no.</param>
    public abstract bool Fires(JudgedText text, List<string> fired);
}
