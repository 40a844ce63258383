namespace Unlearning.Host.Runs;

/// <summary>A run cannot do what is asked of it, or cannot go on; the message holds no captured text.</summary>
/// <param name="what">What is wrong, a sentence without its full stop.</param>
/// <param name="fix">What to do, a sentence without its full stop.</param>
public class RunException(string what, string fix) : InvalidOperationException($"{what}. {fix}.")
{
    /// <summary>What to do.</summary>
    public string Fix => $"{fix}.";
}
