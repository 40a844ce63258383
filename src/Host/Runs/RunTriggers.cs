namespace Unlearning.Host.Runs;

/// <summary>What can start a run, as the run's record names it.</summary>
public static class RunTriggers
{
    /// <summary>A person, by command or over HTTP.</summary>
    public const string Command = "command";

    /// <summary>The kernel function.</summary>
    public const string Function = "function";

    /// <summary>The cron.</summary>
    public const string Schedule = "schedule";

    /// <summary>So many confirmed incidents.</summary>
    public const string Count = "count";

    /// <summary>One confirmed incident that is severe enough.</summary>
    public const string Severity = "severity";

    /// <summary>Whether nobody stands behind the run: such a run keeps to the quiet hours.</summary>
    public static bool IsAutomatic(string trigger) => trigger is Schedule or Count or Severity;
}
