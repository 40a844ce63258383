namespace Unlearning.Host.Runs.Limits;

/// <summary>What bounds a run in time and on the disk.</summary>
public sealed class RunOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Runs";

    /// <summary>How long stages may take.</summary>
    public RunTimeouts Timeouts { get; } = new();

    /// <summary>Megabytes that must stay free beyond what the run is estimated to need, 0 or more.</summary>
    public int DiskMarginMb { get; set; } = 256;

    /// <summary>How many runs that ended without going live keep their folder for a retry, 0 or more.</summary>
    public int KeptFolders { get; set; } = 3;

    /// <summary>How many days they keep it at most, 0 or more.</summary>
    public int KeptDays { get; set; } = 14;
}
