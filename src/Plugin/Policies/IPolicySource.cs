namespace Unlearning.Plugin.Policies;

/// <summary>Gives the policies in force, which may change while the app runs.</summary>
public interface IPolicySource
{
    /// <summary>Gets the policies in force: the last set that loaded without an error.</summary>
    PolicySet Current { get; }

    /// <summary>Gets a value indicating whether <see cref="Current"/> is what the latest files say.</summary>
    bool Healthy { get; }

    /// <summary>Gets what is wrong with the latest files, each as <c>file:line:column: what. fix</c>; empty when healthy.</summary>
    IReadOnlyList<string> Errors { get; }
}
