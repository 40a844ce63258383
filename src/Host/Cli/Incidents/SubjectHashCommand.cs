using System.CommandLine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents subject-hash</c>.</summary>
internal static class SubjectHashCommand
{
    public static Command Create(DeskSettings settings)
    {
        Argument<string?> subject = new("subject")
        {
            Description = "The subject as the app names it; one line of standard input when left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
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
            subject,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            string? named = parsed.GetValue(subject) ?? await settings.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (string.IsNullOrEmpty(named))
                throw new ArgumentException("There is no subject. Give it as an argument, or as a line of standard input.");
            DataFolder data = StoredData.Folder(settings.Overrides);
            if (!File.Exists(data.FingerprintKey))
                throw new FileNotFoundException($"There is no key '{data.FingerprintKey}'. Start the service once, or restore the key from a backup.");
            string hash = new Fingerprinter(data).HashSubject(named);
            say(new { subject = hash }, output => output.WriteLine(hash));
            return 0;
        });
    }
}
