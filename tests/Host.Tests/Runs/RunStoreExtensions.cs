using Unlearning.Host.Runs;

namespace Unlearning.Host.Tests.Runs;

/// <summary>Short forms for tests.</summary>
internal static class RunStoreExtensions
{
    /// <summary>Accepts a run that a command starts.</summary>
    public static Task<(RunRecord Run, bool Created)> StartAsync(this RunStore runs, string reason, string? requestId) =>
        runs.StartAsync(new RunStart(reason) { RequestId = requestId });
}
