namespace Unlearning.Plugin.Functions;

/// <summary>What a model may do with the kernel plugin on its own.</summary>
public sealed class UnlearningFunctionOptions
{
    /// <summary>The configuration section these options are read from.</summary>
    public const string SectionName = "Unlearning:Functions";

    /// <summary>Gets the mutating functions that a model may call without an operator, such as <c>report_incident</c>.</summary>
    /// <value>None by default.</value>
    public IList<string> AutoInvoke { get; } = [];
}
