namespace Unlearning.Host.Api;

/// <summary>The HTTP endpoints. They listen on the loopback interface only, unless keys are set and an address is named.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Api";

    /// <summary>
    /// Keys of apps: each of at least 16 printable characters, or its SHA-256 as <c>sha256:</c> and 64 hex digits. They may ask the model
    /// and report incidents; keys with other roles are made by <c>keys create</c>. While there is none of either, whoever reaches the port
    /// may do everything.
    /// </summary>
    public IList<string> Keys { get; } = [];

    /// <summary>
    /// The IP address to listen on; empty, the default, is the loopback interface. Any other address needs a key, a name in
    /// <c>AllowedHosts</c>, and something in front that speaks TLS.
    /// </summary>
    public string Address { get; set; } = "";

    /// <summary>The port; 0 lets the system choose one.</summary>
    public int Port { get; set; } = 5080;

    /// <summary>Most messages of one request.</summary>
    public int MaximumMessages { get; set; } = 256;

    /// <summary>Most characters of all messages of one request together.</summary>
    public int MaximumCharacters { get; set; } = 100_000;

    /// <summary>Most bytes of one request's body.</summary>
    public int MaximumBodyBytes { get; set; } = 1 << 20;

    /// <summary>Most bytes of one batch of incidents; at least 2 MiB, so that one incident of an app always fits.</summary>
    public int MaximumBatchBytes { get; set; } = 4 << 20;

    /// <summary>Most feedbacks of one key in a minute, 1 to 1,000,000.</summary>
    public int FeedbackPerMinute { get; set; } = 600;
}
