using System.CommandLine;
using Unlearning.Host.Api.Management.Audit;
using Unlearning.Host.Audit;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Audit;

/// <summary>The <c>audit</c> verb. It reads the data folder itself, so it works whatever state the service is in.</summary>
internal static class AuditCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null) => new(
        "audit",
        """
        Shows and checks who did what: an append-only file in which each entry holds the hash of the one before.

        Examples:
          audit list --action release
          audit verify
          audit export --to audit-2026-11.jsonl

        Exit codes: 0 done, 1 error, or an audit that is not what was written.
        """)
    {
        ListVerb(overrides),
        VerifyVerb(overrides),
        ExportVerb(overrides),
    };

    private static Command ListVerb(IReadOnlyDictionary<string, string?>? overrides)
    {
        Option<string?> actor = new("--actor") { Description = "Only what this name did.", HelpName = "NAME" };
        Option<string?> action = new("--action") { Description = "Only these actions: release, or release.promote.", HelpName = "ACTION" };
        Option<string?> subject = new("--subject") { Description = "Only what was done to this id.", HelpName = "ID" };
        Option<int> limit = Limit.Option();
        Command command = new(
            "list",
            """
            Lists entries, the newest first.

            Examples:
              audit list
              audit list --actor alice --limit 100
              audit list --subject 20261127-030000-a1b2c3 --json

            Exit codes: 0 listed, 1 error.
            """)
        {
            actor, action, subject, limit,
        };
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            AuditLineView[] lines =
            [
                .. Open(overrides)
                    .Read(parsed.GetValue(limit), AuditQuery.Of(parsed.GetValue(actor), parsed.GetValue(action), parsed.GetValue(subject))).Select(AuditLineView.Of),
            ];
            say(lines, output => Print(output, lines));
            return 0;
        });
    }

    private static Command VerifyVerb(IReadOnlyDictionary<string, string?>? overrides)
    {
        Option<string?> head = new("--head")
        {
            Description = "A head that was noted elsewhere, as SEQUENCE:HASH; the audit must still hold it. It is printed by this verb and in the service's log.",
            HelpName = "HEAD",
        };
        Command command = new(
            "verify",
            """
            Checks every byte of the audit: no entry was changed, taken out, put in, moved or cut off. Prints the head; a head kept elsewhere
            proves later that the audit was not written anew as a whole either.

            Examples:
              audit verify
              audit verify --head 1204:9f2c...

            Exit codes: 0 whole, 1 not, or an error.
            """)
        {
            head,
        };
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            AuditVerification found = Open(overrides).Verify(parsed.GetValue(head) is { } noted ? HeadOf(noted) : null);
            say(found, output => Print(output, found));
            return found.IsWhole ? 0 : 1;
        });
    }

    private static Command ExportVerb(IReadOnlyDictionary<string, string?>? overrides)
    {
        Option<string> to = new("--to") { Description = "The file to write, which must not exist.", HelpName = "FILE", Required = true };
        Command command = new(
            "export",
            """
            Writes the audit for an auditor: JSON lines {"hash", "entry"}, where hash is SHA-256 of the entry's bytes and each entry names the
            hash of the one before. An audit that is not what was written is copied as it is, and told.

            Examples:
              audit export --to audit-2026-11.jsonl

            Exit codes: 0 written, 1 error, or written and not whole.
            """)
        {
            to,
        };
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            AuditLog log = Open(overrides);
            string file = Path.GetFullPath(parsed.GetRequiredValue(to));
            byte[] bytes = log.ReadBytes();

            // It only grows: what is whole after the copy was whole in it.
            AuditVerification found = log.Verify();
            if (!DurableFile.CreateOnce(file, bytes))
                throw new IOException($"'{file}' exists. Name another file.");
            string last = System.Text.Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n')[^1];
            AuditHead head = AuditLine.TryRead(last, out AuditEntry? entry, out string hash) ? new AuditHead(entry!.Sequence, hash) : found.Head;
            say(new { file, head, found.IsWhole, found.Problems }, output =>
            {
                foreach (string problem in found.Problems)
                    output.WriteLine(problem);
                output.WriteLine(found.IsWhole ? $"{file}: up to head {head.Sequence}:{head.Hash}" : $"{file}: copied as it is, and not what was written");
            });
            return found.IsWhole ? 0 : 1;
        });
    }

    private static AuditLog Open(IReadOnlyDictionary<string, string?>? overrides) =>
        new(StoredData.Folder(overrides), Microsoft.Extensions.Logging.Abstractions.NullLogger<AuditLog>.Instance);

    private static AuditHead HeadOf(string noted)
    {
        string[] parts = noted.Split(':');
        return parts.Length == 2 && long.TryParse(parts[0], out long sequence) && parts[1].Length == 64
            ? new AuditHead(sequence, parts[1])
            : throw new ArgumentException($"'{noted}' is no head. Write it as SEQUENCE:HASH, as 'audit verify' prints it.");
    }

    private static void Print(TextWriter output, AuditVerification found)
    {
        foreach (string problem in found.Problems)
            output.WriteLine(problem);
        output.WriteLine(found.IsWhole
            ? $"whole: {found.Head.Sequence} {(found.Head.Sequence == 1 ? "entry" : "entries")}, head {found.Head.Sequence}:{found.Head.Hash}"
            : $"not what was written; sound up to {found.Head.Sequence}:{found.Head.Hash}");
    }

    private static void Print(TextWriter output, AuditLineView[] lines)
    {
        if (lines.Length == 0)
        {
            output.WriteLine("no entries");
            return;
        }

        Screen.Table(
            output,
            [
                [new("entry"), new("at"), new("who"), new("what"), new("to"), new("why and how")],
                .. lines.Select(line => (Cell[])
                [
                    new($"{line.Sequence}"), new(Screen.Time(line.At)), Screen.Name(line.Actor), new(line.Action), Screen.Name(line.Subject),
                    new(string.Join("; ", ((string?[])[line.Reason, .. line.Details.Select(detail => $"{detail.Key} {detail.Value}")]).OfType<string>())),
                ]),
            ]);
    }
}
