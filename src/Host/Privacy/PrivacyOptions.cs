namespace Unlearning.Host.Privacy;

/// <summary>How what people said is kept. Section <c>Unlearning:Privacy</c>.</summary>
public sealed class PrivacyOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Privacy";

    /// <summary>
    /// The folder of the keys that stored text is encrypted with; <c>keys</c> in the data folder when null. A relative path is taken from
    /// the data folder. Several services on one database share one folder. Created, for its owner only, when it is missing.
    /// </summary>
    public string? KeyRing { get; set; }

    /// <summary>Days for which text is kept where its policy says nothing (<c>capture.retention_days</c>): 1 to 3650.</summary>
    public int RetentionDays { get; set; } = 180;

    /// <summary>
    /// Days for which the id of a counted interaction is kept, so that an app that reports it again changes nothing: 1 to 3650. An app
    /// repeats a report within minutes of the Host's being there; longer than it can be away is long enough.
    /// </summary>
    public int ReceiptDays { get; set; } = 30;

    /// <summary>When text past its time is deleted, besides at every start: a Quartz cron expression, in UTC.</summary>
    public string RetentionCron { get; set; } = "0 30 2 * * ?";
}
