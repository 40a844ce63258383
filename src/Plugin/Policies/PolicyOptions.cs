namespace Unlearning.Plugin.Policies;

/// <summary>Where the policies are and how they are watched.</summary>
public sealed class PolicyOptions
{
    /// <summary>The configuration section these options are read from.</summary>
    public const string SectionName = "Unlearning:Policies";

    /// <summary>Gets or sets the folder whose <c>*.yaml</c> files are the policies.</summary>
    /// <remarks>A relative path starts at the current directory; a host that knows its content root sets a full path.</remarks>
    /// <value><c>policies</c> by default.</value>
    public string Directory { get; set; } = "policies";

    /// <summary>Gets or sets how often the folder is read again even when nothing reported a change, as on network file systems.</summary>
    /// <value>5 seconds by default; at least 100 milliseconds.</value>
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(5);
}
