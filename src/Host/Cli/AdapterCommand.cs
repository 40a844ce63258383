using System.CommandLine;
using Unlearning.Engine.Weights;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Cli;

/// <summary>The <c>adapter</c> verb: takes adapters to other programs.</summary>
internal static class AdapterCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null) => new(
        "adapter",
        """
        Takes an adapter to other programs: exports it for peft or llama.cpp, or merges it into its base.
        """)
    {
        AdapterExportCommand.Create(overrides),
        AdapterMergeCommand.Create(overrides),
    };

    /// <summary>The adapter to read.</summary>
    public static Argument<string> Source() => new("source")
    {
        Description = "A PEFT folder, a .gguf adapter, a folder with adapter/ in it (a demo's output), or the id of a release.",
    };

    /// <summary>The model that the adapter changes.</summary>
    public static Option<string?> Base() => new("--base")
    {
        Description = "The model that the adapter changes: a .gguf file or a Hugging Face folder. Engine:Model when left out.",
    };

    /// <summary>Runs a verb's work and turns what can go wrong into one line and an exit code.</summary>
    public static int Run(TextWriter errors, Action work)
    {
        try
        {
            work();
            return 0;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("Cancelled; nothing was kept.");
        }
        catch (Exception failure) when (failure is CheckpointException or ReleaseException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine(failure.Message);
        }

        return 1;
    }
}
