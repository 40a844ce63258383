using System.Runtime.CompilerServices;

namespace Unlearning.Engine.Tests;

/// <summary>Tests run beside each other, so torch's threads must not spin while they wait.</summary>
internal static class ThreadsOfTheTests
{
#pragma warning disable CA2255 // It must come before whichever test uses torch first.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Configure() => TorchThreads.Configure(threads: 0);
}
