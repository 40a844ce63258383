namespace Unlearning.Plugin.Capture;

/// <summary>
/// The keys of the marks that a policy in mode warn or refuse leaves: in the additional properties of a response and of a stream's last
/// update, or in the metadata of a chat completion service's messages. They say nothing of the text.
/// </summary>
public static class EnforcementKeys
{
    /// <summary>The name of the gravest policy that was enforced, a string.</summary>
    public const string Policy = "unlearning.policy";

    /// <summary>How grave its match is, an integer from 0 to 4.</summary>
    public const string Severity = "unlearning.severity";

    /// <summary>What was done, <c>warn</c> or <c>refuse</c>.</summary>
    public const string Action = "unlearning.enforcement";
}
