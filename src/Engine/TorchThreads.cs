using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Unlearning.Engine;

/// <summary>The threads among which torch divides one operation.</summary>
public static partial class TorchThreads
{
    // Rounds of waiting after which a thread sleeps. By default it spins for milliseconds, and whenever anything else runs on the
    // machine, a spinning thread keeps a working one from its core: measured beside two busy processes, a step took 39 s, not 8.
    private const string SpinCount = "3000";

    /// <summary>Sets number and manner of waiting. To be called before anything else uses torch.</summary>
    /// <param name="threads">Threads of one operation; 0 leaves the number to torch.</param>
    public static void Configure(int threads)
    {
        // libgomp reads these once, when torch is loaded; what the person who starts the process has set counts.
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetEnvironment("GOMP_SPINCOUNT", SpinCount, overwrite: 0);
        if (threads > 0)
            set_num_threads(threads);
    }

    // .NET's own copy of the environment is not the one that native libraries see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
