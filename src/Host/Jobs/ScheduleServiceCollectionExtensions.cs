using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Quartz;
using Unlearning.Host.Approvals;
using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs.Triggers;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases.Garbage;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Limits;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Storage;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Jobs;

/// <summary>Registers the scheduler and the jobs it runs.</summary>
public static class ScheduleServiceCollectionExtensions
{
    /// <summary>
    /// Adds Quartz on <c>quartz.db</c>, the job, the runs' record and <see cref="IUnlearningRuns"/>. Binds
    /// <see cref="ScheduleOptions"/>. Needs <see cref="IRunPipeline"/>, the storage, the releases and the incidents from elsewhere.
    /// </summary>
    public static IServiceCollection AddUnlearningSchedule(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<ScheduleOptions>().Bind(configuration.GetSection(ScheduleOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ScheduleOptions>, ScheduleOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServiceMetrics>();
        services.TryAddSingleton<RunStore>();
        services.TryAddSingleton<RunControls>();
        services.TryAddSingleton<RunSignals>();
        services.TryAddSingleton<RunFolders>();
        services.TryAddSingleton<RunProgressFeed>();
        services.TryAddSingleton<RunRetries>();
        services.TryAddSingleton<RunScheduler>();
        services.TryAddSingleton<RunStarter>();
        services.TryAddSingleton<QuietTime>();
        services.TryAddSingleton<TriggerRules>();
        services.TryAddSingleton<Confirmations>();
        services.TryAddSingleton<IFreeSpace, DriveSpace>();
        services.AddOptionsWithValidateOnStart<RunOptions>().Bind(configuration.GetSection(RunOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RunOptions>, RunOptionsValidator>());
        services.AddUnlearningApprovals(configuration);
        services.TryAddSingleton<UnlearningRuns>();
        services.Replace(ServiceDescriptor.Singleton<IUnlearningRuns>(provider => provider.GetRequiredService<UnlearningRuns>()));

        services.AddQuartz(quartz =>
        {
            // A stopping service asks the run to save its checkpoint and leave; it is resumed at the next start.
            quartz.ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always);
            quartz.UsePersistentStore(store =>
            {
                store.UseSqlite(source => source.DataSourceFactory = provider =>
                    SqliteFactory.Instance.CreateDataSource(provider.GetRequiredService<DataFolder>().QuartzConnectionString));
                store.ProvisionSchema();
                store.UseExecutionHistory();
                store.ConfigureStore(options => options.StoreJobDataAsStrings = true);
            });
            quartz.AddJob<UnlearningJob>(job => job.WithIdentity(UnlearningJob.Key).StoreDurably().RequestRecovery());
            quartz.AddJob<TriggerJob>(job => job.WithIdentity(TriggerJob.Key).StoreDurably());
            quartz.AddJob<RetentionJob>(job => job.WithIdentity(RetentionJob.Key).StoreDurably());
            quartz.AddJob<ReleaseGarbageJob>(job => job.WithIdentity(ReleaseGarbageJob.Key).StoreDurably());
            quartz.AddQuartzHealthChecks(health =>
            {
                health.Name = "schedule";
                health.Tags.Add("ready");
            });
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);

        // After Quartz's own start, which stores the job, and before the application has started, when it begins to fire.
        services.AddHostedService<ScheduleStartup>();
        services.AddCron(RetentionJob.Key, provider => provider.GetRequiredService<IOptions<PrivacyOptions>>().Value.RetentionCron, atStart: true);
        services.AddCron(ReleaseGarbageJob.Key, provider =>
            provider.GetRequiredService<IOptions<ReleaseOptions>>().Value.GarbageCron is var cron && cron == ReleaseOptions.Off ? null : cron);
        services.AddHostedService<TriggerSchedule>();
        return services;
    }

    // Several of one class: AddHostedService would keep the first alone.
    private static void AddCron(this IServiceCollection services, JobKey job, Func<IServiceProvider, string?> cron, bool atStart = false) =>
        services.AddSingleton<IHostedService>(provider => new CronSchedule(
            provider.GetRequiredService<ISchedulerFactory>(), provider.GetRequiredService<TimeProvider>(), job, () => cron(provider), atStart));
}
