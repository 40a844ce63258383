using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Jobs;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Jobs;

public sealed class QuietTimeTests
{
    private static readonly DayOfWeek[] _workdays = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    [Theory]
    [InlineData("2026-03-27T06:59:59Z", null)] // Friday, 7:59 by the clock of the winter.
    [InlineData("2026-03-27T07:00:00Z", "2026-03-27T19:00:00Z")]
    [InlineData("2026-03-28T12:00:00Z", null)] // Saturday.
    [InlineData("2026-03-30T06:30:00Z", "2026-03-30T18:00:00Z")] // Monday after the change: 8:30 by the clock of the summer.
    [InlineData("2026-10-26T06:30:00Z", null)] // Monday after the change back: 7:30.
    [InlineData("2026-10-26T18:30:00Z", "2026-10-26T19:00:00Z")]
    [InlineData("2026-05-01T20:00:00Z", "2026-05-01T22:00:00Z")] // A holiday is quiet until its midnight.
    public void Working_hours_are_quiet_by_the_clock_of_their_zone_in_summer_and_in_winter(string at, string? end)
    {
        ScheduleOptions options = new() { TimeZone = "Europe/Berlin", QuietDates = { "2026-05-01" } };
        options.QuietHours.Add(Hours("08:00", "20:00", _workdays));
        QuietTime quiet = new(Options.Create(options));
        Assert.Equal(end is null ? null : At(end), quiet.EndOf(At(at)));
        Assert.Equal(end is not null, quiet.IsQuiet(At(at)));
    }

    [Theory]
    [InlineData("2026-03-28T20:59:00Z", null)]
    [InlineData("2026-03-28T21:00:00Z", "2026-03-29T01:00:00Z")] // Saturday 22:00 to Sunday 2:30, which that night has not: it ends at 3:00.
    [InlineData("2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z")] // 2:30 comes twice; at the first it ends,
    [InlineData("2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z")] // and between 2:00 and 2:30 it is quiet once more.
    public void A_quiet_night_in_which_the_clocks_change_ends_when_its_clock_time_has_come(string at, string? end)
    {
        ScheduleOptions options = new() { TimeZone = "Europe/Berlin" };
        options.QuietHours.Add(Hours("22:00", "02:30", [DayOfWeek.Saturday]));
        Assert.Equal(end is null ? null : At(end), new QuietTime(Options.Create(options)).EndOf(At(at)));
    }

    [Fact]
    public void Quiet_times_that_follow_one_another_end_where_the_last_of_them_does()
    {
        ScheduleOptions options = new() { QuietDates = { "2026-03-02", "2026-03-03" } };
        options.QuietHours.Add(Hours("20:00", "00:00", []));
        options.QuietHours.Add(Hours("00:00", "06:00", []));
        Assert.Equal(At("2026-03-04T06:00:00Z"), new QuietTime(Options.Create(options)).EndOf(At("2026-03-01T21:00:00Z")));
    }

    [Fact]
    public void A_year_of_quiet_is_an_error_that_names_the_key()
    {
        ScheduleOptions options = new();
        options.QuietHours.Add(Hours("00:00", "12:00", []));
        options.QuietHours.Add(Hours("12:00", "00:00", []));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => new QuietTime(Options.Create(options)).EndOf(At("2026-03-01T21:00:00Z")));
        Assert.Contains("Unlearning:Schedule:QuietHours", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:00", 1)]
    [InlineData("23:00", 0)]
    public void Quiet_hours_that_never_end_are_refused_at_the_start(string to, int faults)
    {
        ScheduleOptions options = new();
        options.QuietHours.Add(Hours("00:00", "12:00", []));
        options.QuietHours.Add(Hours("12:00", to, []));
        FakeTimeProvider clock = new(At("2026-03-01T21:00:00Z"));
        string[] failures = [.. new ScheduleOptionsValidator(clock).Validate(null, options).Failures ?? []];
        Assert.Equal(faults, failures.Length);
        Assert.All(failures, failure => Assert.Contains("Leave time between them in Unlearning:Schedule:QuietHours", failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cron_that_fires_in_quiet_hours_starts_its_run_when_they_end_and_a_command_starts_at_once()
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 2, 2, 59, 55, TimeSpan.Zero));
        await using JobHost host = await JobHost.StartAsync(folder.Path, "0 0 3 * * ?", time: clock, settings: new Dictionary<string, string?>
        {
            ["Unlearning:Schedule:QuietHours:0:Days:0"] = "Monday",
            ["Unlearning:Schedule:QuietHours:0:From"] = "02:00",
            ["Unlearning:Schedule:QuietHours:0:To"] = "03:01",
        });
        string command = (await host.Runs.StartAsync(new("a person"))).RunId;
        await JobHost.Eventually(async () => (await host.Store.FindAsync(command))!.FinishedAt is not null);

        DateTimeOffset end = new(2026, 3, 2, 3, 1, 0, TimeSpan.Zero);
        await JobHost.Eventually(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(host.Pipeline.Executed.Count == 2);
        });
        RunRecord run = (await host.Store.ListAsync(1))[0];
        Assert.Equal((RunTriggers.Schedule, "service"), (run.Trigger, run.StartedBy));
        Assert.True(run.StartedAt >= end, $"It started at {run.StartedAt:O}.");
    }

    private static QuietHours Hours(string from, string to, IEnumerable<DayOfWeek> days)
    {
        QuietHours hours = new() { From = TimeOnly.Parse(from, null), To = TimeOnly.Parse(to, null) };
        foreach (DayOfWeek day in days)
            hours.Days.Add(day);
        return hours;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
