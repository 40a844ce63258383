namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>Decides whether one text has a property; immutable and thread safe.</summary>
internal abstract class Detector
{
    /// <summary>Gets a value indicating whether it asks a model or a service, and so cannot judge on the caller's path.</summary>
    public virtual bool IsCostly => false;

    /// <summary>Tells whether the text has the property.</summary>
    /// <param name="text">The text of one side of an interaction.</param>
    /// <param name="fired">Gains the names of the detectors that led to a yes, and nothing otherwise.</param>
    public abstract Verdict Judge(JudgedText text, List<string> fired);
}
