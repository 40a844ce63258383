namespace Unlearning.Plugin.Policies.Costly;

/// <summary>Gives prompts of confirmed incidents, for detectors that look for what is like them in meaning.</summary>
public interface IKnownIncidents
{
    /// <summary>Gets the prompts of confirmed and remediated incidents of a hazard, the latest first.</summary>
    /// <param name="hazard">The canonical hazard, such as <c>ailuminate:ncr</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The prompts, scrubbed as they are stored.</returns>
    Task<IReadOnlyList<string>> GetPromptsAsync(string hazard, CancellationToken cancellationToken);
}
