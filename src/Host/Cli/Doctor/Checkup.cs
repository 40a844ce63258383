using Unlearning.Host.Cli.Doctor.Checks;

namespace Unlearning.Host.Cli.Doctor;

/// <summary>Runs the checks one after another; none keeps the next from running.</summary>
internal static class Checkup
{
    private const string Settings = "settings";

    /// <summary>Reads the settings and checks what they describe; where they cannot be read, the machine only.</summary>
    public static async IAsyncEnumerable<NamedFinding> RunAsync(
        IReadOnlyDictionary<string, string?>? overrides, bool full, TimeProvider time,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Installation? installation = null;
        NamedFinding? unreadable = null;
#pragma warning disable CA1031 // Whatever is wrong with an installation, this is the command that says it.
        try
        {
            installation = Installation.Read(overrides, full, time);
        }
        catch (Exception failure)
#pragma warning restore CA1031
        {
            string more = failure.InnerException is { } inner ? $" {inner.Message}" : "";
            unreadable = new NamedFinding(Settings, CheckResult.Problem, $"The settings cannot be read: {failure.Message}{more}", "Correct appsettings.json or the environment's variables.");
        }

        if (unreadable is not null)
            yield return unreadable;
        foreach (ICheck check in installation is null ? Machine() : [new SettingsCheck(Settings, installation), .. Machine(), .. Of(installation)])
            yield return await GuardAsync(check, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a check found, or why it could not.</summary>
    public static async Task<NamedFinding> GuardAsync(ICheck check, CancellationToken cancellationToken)
    {
#pragma warning disable CA1031 // A check that fails is a finding.
        try
        {
            Finding found = await check.RunAsync(cancellationToken).ConfigureAwait(false);
            return new NamedFinding(check.Name, found.Result, found.What, found.Fix);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Exception cause = failure is TypeInitializationException { InnerException: { } inner } ? inner : failure;
            return new NamedFinding(check.Name, CheckResult.Problem, $"It could not be checked: {cause.Message}", "Mend what the other findings name, then try again.");
        }
    }

    private static ICheck[] Machine() => [new ProcessorCheck(), new TorchCheck(), new PlotCheck(), new EmbeddingsCheck()];

    private static ICheck[] Of(Installation installation) =>
    [
        new DeviceCheck(installation),
        new ModelCheck(installation),
        new PoliciesCheck(installation),
        new DataFolderCheck(installation),
        new DiskCheck(installation),
        new StoreCheck(installation),
        new ScheduleStoreCheck(installation),
        new KeyRingCheck(installation),
        new FingerprintKeyCheck(installation),
        new ReleasesCheck(installation),
        new AuditCheck(installation),
        new ClockCheck(installation),
        new PortCheck(installation),
        new ExposureCheck(installation),
    ];
}
