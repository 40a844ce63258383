using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents.Review.Details;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents comment</c>.</summary>
internal static class CommentCommand
{
    public static Command Create(DeskSettings settings)
    {
        Argument<string> id = IncidentsCommand.Id();
        Argument<string[]> text = new("text") { Description = "The words; one line of standard input when left out.", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> url = ServiceOptions.Url();
        Command command = new(
            "comment",
            """
            Adds a comment for other reviewers. It is encrypted like the text it may quote, shown with it only, and deleted with it. An argument
            may stay in the shell's history; standard input does not.

            Examples:
              incidents comment 019a2c4e same campaign as last week
              incidents comment 019a2c4e < comment.txt

            Exit codes: 0 added, 1 error.
            """)
        {
            id, text, url,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            string words = parsed.GetValue(text) is { Length: > 0 } typed
                ? string.Join(' ', typed)
                : await settings.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? "";
            await using OpenDesk open = await OpenDesk.OpenAsync(settings, parsed.GetValue(url), writes: true, cancellationToken).ConfigureAwait(false);
            IncidentNote note = await open.Desk.CommentAsync(parsed.GetRequiredValue(id), words, cancellationToken).ConfigureAwait(false);
            say(note with { Text = null }, output => output.WriteLine($"comment of {note.Length} characters added by {note.By}"));
            return 0;
        });
    }
}
