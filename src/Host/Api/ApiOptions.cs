namespace Unlearning.Host.Api;

/// <summary>The HTTP endpoints. They listen on the loopback interface only, whatever other address the process is told.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Api";

    /// <summary>The port; 0 lets the system choose one.</summary>
    public int Port { get; set; } = 5080;

    /// <summary>Most messages of one request.</summary>
    public int MaximumMessages { get; set; } = 256;

    /// <summary>Most characters of all messages of one request together.</summary>
    public int MaximumCharacters { get; set; } = 100_000;

    /// <summary>Most bytes of one request's body.</summary>
    public int MaximumBodyBytes { get; set; } = 1 << 20;
}
