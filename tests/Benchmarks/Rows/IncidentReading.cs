using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Host.Incidents.Review.Lists;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Benchmarks.Rows;

/// <summary>What a reviewer and a run wait for in a store of a million incidents.</summary>
internal sealed class IncidentReading : IBenchmark
{
    private const string Page = "incident_page_ms", Selection = "run_selection_s";
    private const int Count = 1_000_000, Rounds = 5;

    private static readonly string _common = IncidentSeed.Hazards[0];

    private static readonly IncidentFilter[] _filters =
    [
        new(),
        .. Enum.GetValues<IncidentStatus>().Select(status => new IncidentFilter { Status = status }),
        new() { Hazard = _common },
        new() { Hazard = IncidentSeed.Hazards[^1] },
        new() { Hazard = "h05" },
        new() { Hazard = _common, Status = IncidentStatus.Recurred },
        new() { Hazard = _common, Status = IncidentStatus.Recurred, Severity = 4 },
        new() { Hazard = _common, Policy = "policy-07", Severity = 4, Status = IncidentStatus.Recurred },
        new() { Policy = "policy-00" },
        new() { Policy = "policy-00", Status = IncidentStatus.Recurred, Severity = 4 },
        new() { Policy = "policy-11", Status = IncidentStatus.New },
        new() { Severity = 3 },
        new() { Severity = 4, Assignee = IncidentFilter.Nobody },
        new() { Severity = 4, Status = IncidentStatus.Recurred },
        new() { Assignee = "reviewer-1" },
        new() { Assignee = "reviewer-1", Status = IncidentStatus.New, Severity = 4 },
        new() { Assignee = "nobody-there-is" },
        new() { Assignee = IncidentFilter.Nobody, Status = IncidentStatus.New },
        new() { Overdue = true },
        new() { Overdue = true, Severity = 4 },
        new() { Overdue = true, Policy = "policy-07", Assignee = IncidentFilter.Nobody },
        new() { Since = IncidentSeed.Now.AddDays(-1) },
        new() { Since = IncidentSeed.Now.AddDays(-150), Severity = 4, Status = IncidentStatus.Dismissed },
    ];

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Page, "ms", $"a page of 20 of {Count:#,0} incidents, the slowest of {_filters.Length} filters, first and later pages", new Goal(200)),
        new(Selection, "s", $"what a run forgets, chosen from {Count:#,0} incidents", new Goal(2)),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        using TemporaryDirectory folder = new();
        ServiceProvider services = new ServiceCollection()
            .AddSingleton(new DataFolder(folder.Path))
            .AddUnlearningStorage(new ConfigurationBuilder().Build())
            .AddSingleton<TimeProvider>(new SeedClock())
            .AddSingleton<IReviewRules>(new HalfWait())
            .BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            IDbContextFactory<UnlearningDbContext> contexts = services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>();
            UnlearningDbContext db = await contexts.CreateDbContextAsync().ConfigureAwait(false);
            await using (db.ConfigureAwait(false))
            {
                await db.Database.MigrateAsync().ConfigureAwait(false);
                await IncidentSeed.FillAsync(
                    db, services.GetRequiredService<TextProtector>(), services.GetRequiredService<DataFolder>().UnlearningConnectionString, Count).ConfigureAwait(false);
            }

            List<Figure> figures = [];
            if (wanted.Contains(Page))
                figures.Add(await PageAsync(session, ActivatorUtilities.CreateInstance<IncidentDesk>(services, Actor.Local)).ConfigureAwait(false));
            if (wanted.Contains(Selection))
                figures.Add(await SelectAsync(new IncidentSelection(contexts, Options.Create(new SelectionOptions()))).ConfigureAwait(false));
            SqliteConnection.ClearAllPools();
            return figures;
        }
    }

    private static async Task<Figure> PageAsync(Session session, IncidentDesk desk)
    {
        (double Milliseconds, string What) slowest = (0, "");
        foreach (IncidentFilter filter in _filters)
        {
            IncidentList first = await desk.ListAsync(filter, 20, null, default).ConfigureAwait(false);
            await MeasureAsync(null, $"{filter}").ConfigureAwait(false);
            if (first.Next is not null)
                await MeasureAsync(new IncidentCursor(IncidentSeed.Now.AddDays(-90), Guid.Empty).ToString(), $"{filter}, half way").ConfigureAwait(false);

            async Task MeasureAsync(string? cursor, string what)
            {
                double[] times = new double[Rounds];
                for (int i = 0; i < Rounds; i++)
                {
                    long began = Stopwatch.GetTimestamp();
                    await desk.ListAsync(filter, 20, cursor, default).ConfigureAwait(false);
                    times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                }

                double median = Timing.Median(times);
                session.Report(string.Create(CultureInfo.InvariantCulture, $"  {median,8:0.0} ms  {what}"));
                if (median > slowest.Milliseconds)
                    slowest = (median, what);
            }
        }

        return new Figure(Page, slowest.Milliseconds, $"slowest: {slowest.What}");
    }

    private static async Task<Figure> SelectAsync(IncidentSelection selection)
    {
        double[] times = new double[Rounds];
        SelectedIncidents selected = new() { Forget = [], Replay = [] };
        for (int i = -1; i < Rounds; i++)
        {
            long began = Stopwatch.GetTimestamp();
            selected = await selection.SelectAsync(IncidentSeed.BaseModel).ConfigureAwait(false);
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        return new Figure(Selection, Timing.Median(times), $"{selected.Forget.Count} to forget, {selected.LeftOutBySize:#,0} left for later");
    }

    /// <summary>The moment up to which the store is filled.</summary>
    private sealed class SeedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => IncidentSeed.Now;
    }

    /// <summary>Every second policy wants its incidents reviewed within a day or more.</summary>
    private sealed class HalfWait : IReviewRules
    {
        public IReadOnlyDictionary<string, TimeSpan> Waits { get; } =
            Enumerable.Range(0, 6).ToDictionary(i => $"policy-{(2 * i) + 1:00}", i => TimeSpan.FromDays(1 + (30 * i)));

        public int MinReviewers(string policy) => 1;
    }
}
