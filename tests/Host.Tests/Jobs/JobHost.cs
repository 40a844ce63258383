using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Quartz;
using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Releases;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Jobs;

/// <summary>The Host's own stores, releases and scheduler, started, on a data folder, with a fake model and a fake pipeline.</summary>
internal sealed class JobHost : IAsyncDisposable
{
    private readonly IHost _host;

    private JobHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public FakePipeline Pipeline => (FakePipeline)Services.GetRequiredService<IRunPipeline>();

    public FakeTimeProvider Clock => (FakeTimeProvider)Services.GetRequiredService<TimeProvider>();

    public UnlearningRuns Control => Services.GetRequiredService<UnlearningRuns>();

    public IUnlearningRuns Runs => Services.GetRequiredService<IUnlearningRuns>();

    public RunStore Store => Services.GetRequiredService<RunStore>();

    public FakeModel Model => Services.GetRequiredService<FakeModel>();

    public static async Task<JobHost> StartAsync(
        string path, string cron = ScheduleOptions.Off, Action<JobHost>? configure = null, TimeProvider? time = null,
        IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            DisableDefaults = true,
        });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Unlearning:DataDirectory"] = path,
            ["Unlearning:Schedule:Cron"] = cron,

            // Tests are dated; their texts are not to be past their time today.
            ["Unlearning:Privacy:RetentionDays"] = "3650",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        FakeModel model = new();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(model);
        builder.Services.AddSingleton<IBaseModel>(model);
        builder.Services.AddSingleton<IReleaseLoader>(model);
        builder.Services.AddSingleton<IRunPipeline, FakePipeline>();
        builder.Services.AddOptions<RecipeOptions>().Bind(builder.Configuration.GetSection(RecipeOptions.SectionName));
        builder.Services.AddUnlearningStorage(builder.Configuration)
            .AddUnlearningReleases(builder.Configuration)
            .AddUnlearningReleaseWatch()
            .AddUnlearningIncidents(builder.Configuration)
            .AddUnlearningSchedule(builder.Configuration);
        services?.Invoke(builder.Services);
        JobHost host = new(builder.Build());
        configure?.Invoke(host);
        try
        {
            await host._host.StartAsync();
        }
        catch
        {
            await ((IAsyncDisposable)host._host).DisposeAsync();
            throw;
        }

        return host;
    }

    public ValueTask<IScheduler> SchedulerAsync() => Services.GetRequiredService<ISchedulerFactory>().GetScheduler();

    public Task StopAsync() => _host.StopAsync();

    /// <summary>Waits, on the real clock, for what other threads are about to do.</summary>
    public static async Task Eventually(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 3000; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail("It did not happen within a minute.");
    }

    /// <summary>Its runs work on, and stop where they are told to.</summary>
    public static void StopAtCheckpoints(JobHost host) => host.Pipeline.Work = async (runId, stop) =>
    {
        while (true)
        {
            host.Services.GetRequiredService<RunSignals>().StopHere(runId);
            await Task.Delay(10, stop);
        }
    };

    /// <summary>Waits until a run is in a state.</summary>
    public Task InState(string runId, RunState state) => Eventually(async () => (await Store.FindAsync(runId))!.State == state);

    /// <summary>Waits until no run is due or under way.</summary>
    public async Task Idle()
    {
        IScheduler scheduler = await SchedulerAsync();
        await Eventually(async () =>
            (await scheduler.QueryTriggers(new TriggerQuery())).Items.All(trigger => trigger.JobKey != UnlearningJob.Key)
            && (await scheduler.QueryFireInstances(new FireInstanceQuery())).Items.Count == 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
