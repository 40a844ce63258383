using System.CommandLine;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The <c>policy</c> verb: policies as code, checked, compared, tried on what was stored, and put in force.</summary>
internal static class PolicyCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="time">Tells what "since" counts back from, and dates what is replaced.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TimeProvider? time = null) => new(
        "policy",
        """
        Checks, tests, compares, tries and applies policy files.

        Examples:
          policy lint policies
          policy test policies --json
          policy diff policies new-policies
          policy dry-run new-policies --since 7d
          policy apply new-policies

        Exit codes: 0 done, 1 error.
        """)
    {
        PolicyLintCommand.Create(overrides),
        PolicyTestCommand.Create(overrides),
        PolicyDiffCommand.Create(overrides),
        PolicyDryRunCommand.Create(overrides, time ?? TimeProvider.System),
        PolicyApplyCommand.Create(overrides, time ?? TimeProvider.System),
    };

    /// <summary>The files or folders to read.</summary>
    public static Argument<string[]> Paths() => new("files")
    {
        Description = "Policy files, or folders of them; the configured folder when left out.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Asks for text that is held back otherwise.</summary>
    public static Option<bool> ShowText() => new("--show-text") { Description = "Prints prompts and answers, too." };

    /// <summary>Prints each error on a line.</summary>
    public static void Print(TextWriter writer, IEnumerable<PolicyError> errors)
    {
        foreach (PolicyError error in errors)
            writer.WriteLine(error);
    }
}
