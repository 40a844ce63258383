namespace Unlearning.Plugin.Policies;

/// <summary>What the caller gets when a policy matches.</summary>
internal enum EnforcementMode
{
    /// <summary>The answer as it is.</summary>
    Observe,

    /// <summary>The answer with a mark on it.</summary>
    Warn,

    /// <summary>The policy's refusal text in the answer's place.</summary>
    Refuse,
}
