namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>What a detector says of a text; in this order all of several is the least of them, and any of several the greatest.</summary>
internal enum Verdict
{
    /// <summary>The text does not have the property.</summary>
    No,

    /// <summary>It depends on a costly detector that was not asked yet, or could not answer.</summary>
    Unknown,

    /// <summary>The text has the property.</summary>
    Yes,
}
