using System.CommandLine;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents subject-hash</c>.</summary>
internal static class SubjectHashCommand
{
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides, TextReader? input)
    {
        Argument<string?> subject = new("subject")
        {
            Description = "The subject as the app names it; one line of standard input when left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = PolicyCommand.Json();
        Command command = new(
            "subject-hash",
            """
            Prints the keyed hash under which the data folder knows a subject. An argument may stay in the shell's history; standard input
            does not.

            Examples:
              incidents subject-hash user-7
              incidents subject-hash < subject.txt
              incidents subject-hash user-7 --json

            Exit codes: 0 done, 1 error.
            """)
        {
            subject, json,
        };
        command.SetAction((parsed, cancellationToken) => PolicyCommand.RunAsync(parsed, async () =>
        {
            string? named = parsed.GetValue(subject) ?? await (input ?? Console.In).ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (string.IsNullOrEmpty(named))
                throw new ArgumentException("There is no subject. Give it as an argument, or as a line of standard input.");
            DataFolder data = StoredData.Folder(overrides);
            if (!File.Exists(data.FingerprintKey))
                throw new FileNotFoundException($"There is no key '{data.FingerprintKey}'. Start the service once, or restore the key from a backup.");
            string hash = new Fingerprinter(data).HashSubject(named);
            if (parsed.GetValue(json))
                PolicyJson.Write(parsed.InvocationConfiguration.Output, new { subject = hash });
            else
                await parsed.InvocationConfiguration.Output.WriteLineAsync(hash).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }
}
