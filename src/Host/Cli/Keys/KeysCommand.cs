using System.CommandLine;
using Unlearning.Host.Api.Management.Keys;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Cli.Keys;

/// <summary>The <c>keys</c> verb.</summary>
internal static class KeysCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="time">Tells which keys have ended; the system's clock when null.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TimeProvider? time = null) => new(
        "keys",
        $"""
        Makes, lists and revokes access keys. On the data folder itself, as whoever may write it; with --url or {ServiceOptions.UrlVariable}
        through a service, as the admin whose key is in {ServiceOptions.KeyVariable}. The first key must be an admin's; from then on every call
        of the service needs one.

        Examples:
          keys create alice --role admin
          keys create bob --role approver --days 90
          keys list
          keys revoke 1f0c9a2b7d3e

        Exit codes: 0 done, 1 error.
        """)
    {
        CreateVerb(overrides),
        ListVerb(overrides, time ?? TimeProvider.System),
        RevokeVerb(overrides),
    };

    private static Command CreateVerb(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string> name = new("name") { Description = "The person or program it is for, kept in lower case. Two keys of one name are one identity." };
        Option<string> role = new("--role") { Description = "app, viewer, reviewer, operator, approver or admin.", HelpName = "ROLE", Required = true };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(RoleWord.Of)]);
        Option<double?> days = new("--days") { Description = $"After so many days, at most {AccessKeyStore.MostDays}, it ends by itself; never when left out.", HelpName = "N" };
        Option<string?> url = ServiceOptions.Url();
        Command command = new(
            "create",
            """
            Makes a key and prints its secret, which is kept nowhere: store it where only its bearer reads it.

            Examples:
              keys create alice --role admin
              keys create support-bot --role app --json

            Exit codes: 0 made, 1 error.
            """)
        {
            name, role, days, url,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            CreateKey wish = new(parsed.GetRequiredValue(name), Enum.Parse<Role>(parsed.GetRequiredValue(role), ignoreCase: true), parsed.GetValue(days));
            await using IKeyDesk desk = await OpenAsync(parsed.GetValue(url), overrides, create: true, cancellationToken).ConfigureAwait(false);
            CreatedKey made = await desk.CreateAsync(wish, cancellationToken).ConfigureAwait(false);
            say(new { key = KeyLine.Of(made.Key), secret = made.Secret }, output =>
            {
                output.WriteLine(made.Secret);
                parsed.InvocationConfiguration.Error.WriteLine(
                    $"Key {made.Key.Id} of {made.Key.Name}, {RoleWord.Of(made.Key.Role)}. This is the only time its secret is shown; use it as {ServiceOptions.KeyVariable}.");
            });
            return 0;
        });
    }

    private static Command ListVerb(IReadOnlyDictionary<string, string?>? overrides, TimeProvider time)
    {
        Option<string?> url = ServiceOptions.Url();
        Command command = new(
            "list",
            """
            Lists all keys, revoked and expired ones, too, without their secrets.

            Examples:
              keys list
              keys list --json

            Exit codes: 0 listed, 1 error.
            """)
        {
            url,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            await using IKeyDesk desk = await OpenAsync(parsed.GetValue(url), overrides, create: false, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<KeyView> keys = await desk.ListAsync(cancellationToken).ConfigureAwait(false);
            say(keys.Select(KeyLine.Of), output => Print(output, keys, time.GetUtcNow()));
            return 0;
        });
    }

    private static Command RevokeVerb(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string> id = new("id") { Description = "The key's id, as 'keys list' shows it." };
        Option<string?> url = ServiceOptions.Url();
        Command command = new(
            "revoke",
            """
            Revokes a key for good: a running service stops taking it within seconds.

            Examples:
              keys revoke 1f0c9a2b7d3e

            Exit codes: 0 revoked (now or before), 1 error.
            """)
        {
            id, url,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            await using IKeyDesk desk = await OpenAsync(parsed.GetValue(url), overrides, create: false, cancellationToken).ConfigureAwait(false);
            KeyView key = await desk.RevokeAsync(parsed.GetRequiredValue(id), cancellationToken).ConfigureAwait(false);
            say(KeyLine.Of(key), output => output.WriteLine($"{key.Id}  {key.Name}, {RoleWord.Of(key.Role)}: revoked {Screen.Time(key.RevokedAt!.Value)}"));
            return 0;
        });
    }

    private static async Task<IKeyDesk> OpenAsync(string? url, IReadOnlyDictionary<string, string?>? overrides, bool create, CancellationToken cancellationToken) =>
        ServiceConnection.IsNamed(url)
            ? new HttpKeyDesk(ServiceConnection.Open(url, overrides))
            : await StoredKeyDesk.OpenAsync(overrides, create, cancellationToken).ConfigureAwait(false);

    private static void Print(TextWriter output, IReadOnlyList<KeyView> keys, DateTimeOffset now)
    {
        if (keys.Count == 0)
        {
            output.WriteLine("no keys: whoever reaches the port may do everything; make one with 'keys create NAME --role admin'");
            return;
        }

        Screen.Table(
            output,
            [
                [new("id"), new("name"), new("role"), new("made"), new("by"), new("ends"), new("state")],
                .. keys.Select(key => (Cell[])
                [
                    new(key.Id), Screen.Name(key.Name), new(RoleWord.Of(key.Role)), new(Screen.Time(key.CreatedAt)), Screen.Name(key.CreatedBy),
                    new(key.ExpiresAt is { } ends ? Screen.Time(ends) : "never"), new(State(key, now)),
                ]),
            ]);
    }

    private static string State(KeyView key, DateTimeOffset now) =>
        key.RevokedAt is { } at ? $"revoked {Screen.Time(at)}" : key.ExpiresAt <= now ? "expired" : "counts";
}
