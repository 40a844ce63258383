using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents.Review;

/// <summary>Incidents' ids as people type them: an unambiguous beginning is enough.</summary>
internal static class IncidentIds
{
    private const int Least = 8, Digits = 32, Candidates = 4;

    /// <summary>The id that begins so.</summary>
    /// <exception cref="ReviewException">None does, or several do.</exception>
    public static async Task<Guid> ResolveAsync(UnlearningDbContext db, string written, CancellationToken cancellationToken)
    {
        string digits = written.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is 0 or > Digits || !digits.All(char.IsAsciiHexDigit))
            throw new ReviewException($"'{written}' is no incident's id, nor the beginning of one: they are hex digits and hyphens. 'incidents list' shows them.");
        Guid from = Filled(digits, '0'), to = Filled(digits, 'f');
        List<Guid> found = await db.Incidents.Where(incident => incident.Id >= from && incident.Id <= to).OrderBy(incident => incident.Id)
            .Select(incident => incident.Id).Take(Candidates).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (found.Count == 0)
            throw new ReviewException($"There is no incident whose id begins with '{written}'. 'incidents list' shows them.", ReviewProblem.Unknown);
        if (found.Count == 1)
            return found[0];
        IReadOnlyDictionary<Guid, string> names = await ShortAsync(db, [.. found], cancellationToken).ConfigureAwait(false);
        throw new ReviewException(
            $"'{written}' is the beginning of {(found.Count == Candidates ? $"{Candidates} or more" : found.Count)} incidents: "
            + $"{string.Join(", ", found.Select(id => names[id]))}. Write more of it.");
    }

    /// <summary>For each id the shortest beginning, of at least eight digits, that no other incident's id has.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> ShortAsync(UnlearningDbContext db, Guid[] ids, CancellationToken cancellationToken)
    {
        // The ids next to it in order are those that share most with it.
        var neighbours = await db.Incidents.Where(incident => ids.Contains(incident.Id)).Select(incident => new
        {
            incident.Id,
            Before = db.Incidents.Where(other => other.Id < incident.Id).OrderByDescending(other => other.Id).Select(other => (Guid?)other.Id).FirstOrDefault(),
            After = db.Incidents.Where(other => other.Id > incident.Id).OrderBy(other => other.Id).Select(other => (Guid?)other.Id).FirstOrDefault(),
        }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return neighbours.ToDictionary(one => one.Id, one => Short($"{one.Id}", Math.Max(Shared(one.Id, one.Before), Shared(one.Id, one.After)) + 1));
    }

    private static string Short(string id, int length)
    {
        int least = Math.Max(Least, length);
        return id[..(id[least - 1] == '-' ? least + 1 : least)];
    }

    private static int Shared(Guid id, Guid? other) => other is null ? 0 : $"{id}".AsSpan().CommonPrefixLength($"{other}");

    private static Guid Filled(string digits, char rest) => Guid.ParseExact(digits.PadRight(Digits, rest), "N");
}
