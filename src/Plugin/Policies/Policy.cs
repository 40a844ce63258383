using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Policies;

/// <summary>One policy, compiled from its file.</summary>
public abstract class Policy
{
    /// <summary>Judges a prompt and its answer apart.</summary>
    /// <param name="prompt">The user's text.</param>
    /// <param name="answer">The assistant's text.</param>
    /// <returns>What the policy found, or null.</returns>
    public abstract PolicyMatch? Judge(string prompt, string answer);
}
