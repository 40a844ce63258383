using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using Unlearning.Host.Jobs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Jobs;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset _beforeThree = new(2026, 3, 1, 2, 59, 50, TimeSpan.Zero);

    [Fact]
    public async Task The_cron_starts_a_run_when_its_time_comes_and_not_before()
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider clock = new(_beforeThree);
        await using JobHost host = await JobHost.StartAsync(folder.Path, "0 0 3 * * ?", time: clock);
        Assert.Empty(host.Pipeline.Executed);

        await JobHost.Eventually(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(!host.Pipeline.Executed.IsEmpty);
        });
        Assert.Equal(["the schedule"], host.Pipeline.Reasons);
        Assert.True(clock.GetUtcNow() >= _beforeThree.AddSeconds(10));
    }

    [Fact]
    public async Task A_time_that_passed_while_the_service_was_down_is_skipped()
    {
        using TemporaryFolder folder = new();
        await using (JobHost host = await JobHost.StartAsync(folder.Path, "0 0 3 * * ?", time: new FakeTimeProvider(_beforeThree)))
        {
        }

        await using JobHost late = await JobHost.StartAsync(folder.Path, "0 0 3 * * ?", time: new FakeTimeProvider(_beforeThree.AddHours(2)));
        Assert.Equal(_beforeThree.AddSeconds(10).AddDays(1), (await CronTrigger(late))!.NextFireTimeUtc);
        Assert.Empty(late.Pipeline.Executed);
    }

    [Fact]
    public async Task The_configured_cron_wins_over_the_stored_one_and_a_dash_removes_it()
    {
        using TemporaryFolder folder = new();
        await using (JobHost host = await JobHost.StartAsync(folder.Path, "0 0 3 * * ?", time: new FakeTimeProvider(_beforeThree)))
        {
            Assert.Equal(3, (await CronTrigger(host))!.NextFireTimeUtc!.Value.Hour);
        }

        await using (JobHost host = await JobHost.StartAsync(folder.Path, "0 0 5 * * ?", time: new FakeTimeProvider(_beforeThree)))
        {
            Assert.Equal(5, (await CronTrigger(host))!.NextFireTimeUtc!.Value.Hour);
        }

        await using JobHost off = await JobHost.StartAsync(folder.Path, ScheduleOptions.Off, time: new FakeTimeProvider(_beforeThree));
        Assert.Null(await CronTrigger(off));
    }

    [Theory]
    [InlineData("every night", "UTC", "Unlearning:Schedule:Cron is 'every night'")]
    [InlineData("0 3 * * *", "UTC", "Use six fields")]
    [InlineData("0 0 3 1 1 ? 2020", "UTC", "never comes again")]
    [InlineData("0 0 3 * * ?", "Middle/Earth", "Unlearning:Schedule:TimeZone is 'Middle/Earth'")]
    public void A_schedule_that_cannot_be_meant_is_refused_with_key_value_and_fix(string cron, string timeZone, string message)
    {
        ValidateOptionsResult result = new ScheduleOptionsValidator(new FakeTimeProvider(_beforeThree))
            .Validate(null, new ScheduleOptions { Cron = cron, TimeZone = timeZone });
        Assert.Contains(message, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_schedule_stops_the_service_at_its_start()
    {
        using TemporaryFolder folder = new();
        await Assert.ThrowsAsync<OptionsValidationException>(() => JobHost.StartAsync(folder.Path, "nonsense"));
    }

    [Fact]
    public async Task Store_schedule_and_model_are_ready_once_the_service_has_started()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        await JobHost.Eventually(async () =>
            (await health.CheckHealthAsync(check => check.Tags.Contains("ready"))).Status == HealthStatus.Healthy);
        HealthReport report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"));
        Assert.Equal(["schedule", "serving", "store"], report.Entries.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_nightly_job_is_on_its_own_configured_cron_and_a_dash_takes_it_off()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, string?> settings = new()
        {
            ["Unlearning:Privacy:RetentionCron"] = "0 0 1 * * ?",
            ["Unlearning:Releases:GarbageCron"] = "0 0 2 * * ?",
        };
        await using (JobHost host = await JobHost.StartAsync(folder.Path, settings: settings, time: new FakeTimeProvider(_beforeThree.AddHours(-2.5))))
        {
            Assert.Equal((1, 2), (await HourOf(host, RetentionJob.Key), await HourOf(host, ReleaseGarbageJob.Key)));
        }

        settings["Unlearning:Releases:GarbageCron"] = "-";
        settings["Unlearning:Privacy:RetentionCron"] = "0 0 5 * * ?";
        await using JobHost off = await JobHost.StartAsync(folder.Path, settings: settings, time: new FakeTimeProvider(_beforeThree));
        Assert.Equal((5, null), (await HourOf(off, RetentionJob.Key), await HourOf(off, ReleaseGarbageJob.Key)));
    }

    private static async Task<int?> HourOf(JobHost host, JobKey job) =>
        (await (await host.SchedulerAsync()).GetTrigger(new TriggerKey(job.Name, job.Group)))?.NextFireTimeUtc?.Hour;

    private static async Task<ITrigger?> CronTrigger(JobHost host) =>
        await (await host.SchedulerAsync()).GetTrigger(ScheduleStartup.CronTrigger);
}
