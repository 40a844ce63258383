namespace Unlearning.Plugin.Transport;

/// <summary>The Host in another process that incidents are sent to, and the spool on disk that holds them until it has them.</summary>
public sealed class TransportOptions
{
    /// <summary>The configuration section these options are read from.</summary>
    public const string SectionName = "Unlearning:Host";

    /// <summary>Gets or sets the Host's address, such as <c>https://unlearning.example.org</c>. Empty: nothing is sent.</summary>
    /// <value>Absolute, http or https, without query; plain http only to this machine, unless <see cref="AllowPlainHttp"/>.</value>
    public string Url { get; set; } = "";

    /// <summary>Gets or sets the key that the Host asks for, sent as <c>Authorization: Bearer</c>.</summary>
    /// <value>Printable ASCII without spaces; empty: none is sent.</value>
    public string ApiKey { get; set; } = "";

    /// <summary>Gets or sets a value indicating whether text and key may cross a network in the clear.</summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>Gets or sets the folder that incidents wait in, readable by its owner only. Several processes may share it.</summary>
    /// <value><c>unlearning-spool</c> by default, relative to the working directory.</value>
    public string Spool { get; set; } = "unlearning-spool";

    /// <summary>Gets or sets the key that the spool is encrypted with.</summary>
    /// <value>
    /// 32 random bytes in Base64. Empty by default: a key of the spool's own, in <c>spool.key</c> in its folder, readable by its owner only.
    /// </value>
    public string SpoolKey { get; set; } = "";

    /// <summary>Gets or sets how much of the disk this process's spool may take, in MiB; past it reports fail and count as lost.</summary>
    /// <value>256 by default; 1 to 1048576.</value>
    public int SpoolLimitMb { get; set; } = 256;

    /// <summary>Gets or sets the most incidents of one request.</summary>
    /// <value>100 by default; 1 to 1000.</value>
    public int BatchSize { get; set; } = 100;

    /// <summary>Gets or sets how long one request may take.</summary>
    /// <value>30 seconds by default; more than zero, at most 10 minutes.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the pause after the first failure; each further one doubles it, and up to half of it is random.</summary>
    /// <value>1 second by default; more than zero, at most <see cref="LongestRetryDelay"/>.</value>
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the longest pause between two tries, unless the Host asks for a longer one.</summary>
    /// <value>1 minute by default; at most 1 hour.</value>
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets how long the end of the app may wait for what is still to be sent; the rest is sent at the next start.</summary>
    /// <value>5 seconds by default; zero to 5 minutes.</value>
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets what the app's answers come from: the SHA-256 of the base model's weights in hex, or a name.</summary>
    /// <value>Empty by default: the Host goes by the release and the model that each answer names.</value>
    public string BaseModel { get; set; } = "";
}
