namespace Unlearning.Host.Cli.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="What">What there is, in a sentence.</param>
/// <param name="Fix">What to do; null where nothing is to be done.</param>
internal sealed record Finding(CheckResult Result, string What, string? Fix = null)
{
    /// <summary>All is well.</summary>
    public static Finding Ok(string what) => new(CheckResult.Ok, what);

    /// <summary>It works, but not as it should.</summary>
    public static Finding Warning(string what, string fix) => new(CheckResult.Warning, what, fix);

    /// <summary>It does not work.</summary>
    public static Finding Problem(string what, string fix) => new(CheckResult.Problem, what, fix);
}
