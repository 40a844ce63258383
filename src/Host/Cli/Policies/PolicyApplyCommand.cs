using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Unlearning.Host.Audit;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Identity;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The verb <c>policy apply</c>.</summary>
internal static class PolicyApplyCommand
{
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides, TimeProvider time)
    {
        Argument<string?> folder = new("folder") { Description = "The folder with the new set of policies.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> previous = new("--previous") { Description = "Applies the set that was in force before, in place of a folder." };
        Option<bool> dry = new("--dry") { Description = "Shows what would be done, and does nothing." };
        Command command = new(
            "apply",
            """
            Checks and tests a set of policies, then puts it into the configured folder, where a running service takes it up within seconds:
            all of it or nothing, also when it is killed in between; the next apply finishes what was begun. Policies that the new set does
            not have are taken out. The set before is kept in a dated folder beside the policies; --previous brings it back, and a second
            --previous undoes that.

            Examples:
              policy apply new-policies --dry
              policy apply new-policies
              policy apply --previous

            Exit codes: 0 in force, 1 refused or failed.
            """)
        {
            folder, previous, dry,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(folder) is null != result.GetValue(previous))
                result.AddError("Name the folder to apply, or say --previous.");
        });
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            ConfiguredFolders configured = ConfiguredFolders.Read(overrides);
            string target = configured.Policies;
            PolicyFolder current = PolicyFolder.Read(target);
            string source = parsed.GetValue(folder) ?? new PreviousSets(target).Newest(current.Revision)
                ?? throw new IOException($"No other set was in force before: '{new PreviousSets(target).Folder}' has none.");
            if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)) == Path.TrimEndingDirectorySeparator(target))
                throw new IOException($"'{source}' is the policy folder itself, which is in force. Name another folder.");
            PolicyFolder next = PolicyFolder.Read(source);
            PolicyFiles files = PolicyFiles.Of(source, next);
            if (!Passes(parsed.InvocationConfiguration.Error, files))
                return 1;

            SetDifference difference = SetDifference.Of(PolicyFiles.Of(target, current), files, showText: false);
            bool apply = !parsed.GetValue(dry);
            string? kept = apply ? new PolicySwap(target, time).Apply(next) : null;
            if (apply && current.Revision != next.Revision)
                Record(configured.Data, time, current.Revision, next.Revision);
            ApplyReport report = new(target, apply, current.Revision, next.Revision, kept, difference.Policies);
            say(report, output => Print(output, report));
            return 0;
        });
    }

    // Who applied; that they are in force is recorded by the service that takes them up.
    private static void Record(string data, TimeProvider time, string before, string revision)
    {
        if (Directory.Exists(data))
        {
            new AuditLog(new DataFolder(data), NullLogger<AuditLog>.Instance)
                .Append(AuditEvent.Create(time, Actor.System, "policy.apply", revision, null, ("before", before)));
        }
    }

    private static bool Passes(TextWriter errors, PolicyFiles files)
    {
        PolicyCommand.Print(errors, files.Errors);
        TestReport tests = TestReport.Of(files, showText: false);
        if (tests.Failed > 0)
            PolicyTestCommand.Print(errors, tests);
        if (files.Errors.Count == 0 && tests.Failed == 0)
            return true;
        errors.WriteLine($"Refused: {Amount.Of(files.Errors.Count, "error")}, {Amount.Of(tests.Failed, "failed test")}. Nothing was changed.");
        return false;
    }

    private static void Print(TextWriter console, ApplyReport report)
    {
        if (report.OldRevision == report.Revision)
        {
            console.WriteLine($"{report.Folder} is at revision {report.Revision} already; nothing to do.");
            return;
        }

        PolicyDiffCommand.Print(console, new SetDifference(report.Policies), changes: false);
        console.WriteLine($"revision {report.OldRevision} -> {report.Revision}{(report.Applied ? "" : " (not applied)")}");
        if (report.Kept is { } kept)
            console.WriteLine($"kept     {kept} (policy apply --previous brings it back)");
    }
}
