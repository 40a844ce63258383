using System.CommandLine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The verb <c>policy diff</c>.</summary>
internal static class PolicyDiffCommand
{
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string[]> paths = new("old-new")
        {
            Description = "The old and the new files or folders; with one alone, it is the new and the configured folder the old.",
            Arity = new ArgumentArity(1, 2),
        };
        Option<bool> showText = PolicyCommand.ShowText();
        Command command = new(
            "diff",
            """
            Tells how two sets of policies differ in meaning: keys with their old and new values, detectors by name. What is only written
            differently, such as comments, order or a default, is no difference. --show-text shows the texts of tests, too.

            Examples:
              policy diff new-policies
              policy diff policies new-policies
              policy diff policies/self-harm.yaml new-policies/self-harm.yaml --json

            Exit codes: 0 compared, 1 a file has errors.
            """)
        {
            paths, showText,
        };
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            string[] named = parsed.GetRequiredValue(paths);
            PolicyFiles before = PolicyFiles.Read(named[..^1], () => ConfiguredFolders.Read(overrides).Policies);
            PolicyFiles after = PolicyFiles.Read(named[^1..], () => named[^1]);
            PolicyCommand.Print(parsed.InvocationConfiguration.Error, [.. before.Errors, .. after.Errors]);
            if (before.Errors.Count + after.Errors.Count > 0)
                return 1;
            SetDifference difference = SetDifference.Of(before, after, parsed.GetValue(showText));
            say(difference, output => Print(output, difference, changes: true));
            return 0;
        });
    }

    /// <summary>Prints a line for each policy that differs, and below it what changed.</summary>
    public static void Print(TextWriter console, SetDifference difference, bool changes)
    {
        if (difference.Policies.Count == 0)
            console.WriteLine("No difference in meaning.");
        foreach (PolicyDifference policy in difference.Policies)
        {
            console.WriteLine($"{policy.Kind,-8} {policy.Policy} {policy.Versions}");
            foreach (PolicyChange change in changes ? policy.Changes : [])
            {
                console.WriteLine($"  {change.Path}");
                if (change.Old is { } old)
                    console.WriteLine($"    - {OneLine.Of(old)}");
                if (change.New is { } now)
                    console.WriteLine($"    + {OneLine.Of(now)}");
            }
        }
    }
}
