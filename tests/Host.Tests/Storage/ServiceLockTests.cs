using System.Diagnostics;
using Unlearning.Host.Cli.Serving;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Jobs;

namespace Unlearning.Host.Tests.Storage;

public sealed class ServiceLockTests
{
    [Fact]
    public async Task A_second_service_on_a_folder_does_not_start_and_says_who_has_it()
    {
        using TemporaryFolder folder = new();
        await using (JobHost first = await JobHost.StartAsync(folder.Path))
        {
            ServiceLockedException refused = await Assert.ThrowsAsync<ServiceLockedException>(() => JobHost.StartAsync(folder.Path));
            Assert.Contains($"'{folder.Path}'", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
            Assert.Equal([refused.Message], StartFailure.Explain(refused));
            Assert.Null(ServiceLock.TryAcquire(new DataFolder(folder.Path)));
        }

        await using JobHost next = await JobHost.StartAsync(folder.Path);
        Assert.Equal(Environment.ProcessId, ServiceLock.Holder(new DataFolder(folder.Path)));
    }

    [SkippableFact]
    public async Task Another_process_is_kept_out_and_its_lock_ends_with_it_however_it_ends()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "flock(1) is Linux's.");
        using TemporaryFolder folder = new();
        DataFolder data = new(folder.Path);
        string file = Path.Combine(folder.Path, "service.lock");
        using (ServiceLock mine = ServiceLock.Acquire(data))
            Assert.Equal(1, await RunAsync("flock", "--nonblock", file, "true"));

        using Process other = Process.Start(new ProcessStartInfo("flock", [file, "sh", "-c", "echo held; exec sleep 600"]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("held", await other.StandardOutput.ReadLineAsync());
            Assert.Null(ServiceLock.TryAcquire(data));
        }
        finally
        {
            // SIGKILL, to it and to the one it started.
            other.Kill(entireProcessTree: true);
            await other.WaitForExitAsync();
        }

        await JobHost.Eventually(() =>
        {
            using ServiceLock? free = ServiceLock.TryAcquire(data);
            return Task.FromResult(free is not null);
        });
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
