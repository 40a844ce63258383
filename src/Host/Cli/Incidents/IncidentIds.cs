using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>Incidents' ids as people type them: an unambiguous beginning is enough.</summary>
internal static class IncidentIds
{
    private const int Least = 8, Digits = 32, Candidates = 4;

    /// <summary>The id that begins so.</summary>
    /// <exception cref="ArgumentException">None does, or several do.</exception>
    public static async Task<Guid> ResolveAsync(UnlearningDbContext db, string written, CancellationToken cancellationToken)
    {
        string digits = written.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is 0 or > Digits || !digits.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"'{written}' is no incident's id, nor the beginning of one: they are hex digits and hyphens. 'incidents list' shows them.");
        string from = Stored(digits, '0'), to = Stored(digits, 'f');
        List<string> found = await db.Database
            .SqlQuery<string>($"SELECT Id AS Value FROM Incidents WHERE Id >= {from} AND Id <= {to} ORDER BY Id LIMIT {Candidates}")
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (found.Count == 0)
            throw new ArgumentException($"There is no incident whose id begins with '{written}'. 'incidents list' shows them.");
        if (found.Count == 1)
            return Guid.Parse(found[0]);
        List<string> names = [];
        foreach (string id in found)
            names.Add(await ShortAsync(db, Guid.Parse(id), cancellationToken).ConfigureAwait(false));
        throw new ArgumentException(
            $"'{written}' is the beginning of {(found.Count == Candidates ? $"{Candidates} or more" : found.Count)} incidents: {string.Join(", ", names)}. Write more of it.");
    }

    /// <summary>The shortest beginning, of at least eight digits, that no other incident's id has.</summary>
    public static async Task<string> ShortAsync(UnlearningDbContext db, Guid id, CancellationToken cancellationToken)
    {
        // The ids next to it in order are those that share most with it.
        string stored = Stored(id);
        string? before = await Single($"SELECT max(Id) AS Value FROM Incidents WHERE Id < {stored}").ConfigureAwait(false);
        string? after = await Single($"SELECT min(Id) AS Value FROM Incidents WHERE Id > {stored}").ConfigureAwait(false);
        int length = Math.Max(Least, Math.Max(Shared(stored, before), Shared(stored, after)) + 1);
        return id.ToString()[..(stored[length - 1] == '-' ? length + 1 : length)];

        async Task<string?> Single(FormattableString query) =>
            (await db.Database.SqlQuery<string?>(query).ToListAsync(cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    private static int Shared(string id, string? other) => other is null ? 0 : id.AsSpan().CommonPrefixLength(other);

    private static string Stored(string digits, char rest) => Stored(Guid.ParseExact(digits.PadRight(Digits, rest), "N"));

    // As EF writes them to SQLite.
    private static string Stored(Guid id) => id.ToString().ToUpperInvariant();
}
