namespace Unlearning.Host.Storage;

/// <summary>What every room of the Host shares: where its data lives. Section <c>Unlearning</c>.</summary>
public sealed class UnlearningOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning";

    /// <summary>
    /// The folder of <c>unlearning.db</c>, <c>quartz.db</c>, the releases, the journal and the fingerprint key.
    /// A relative path is taken from the content root; of an installed tool, from the user's folder of application data. Created, readable by its owner only, when it is missing.
    /// </summary>
    public string DataDirectory { get; set; } = "data";
}
