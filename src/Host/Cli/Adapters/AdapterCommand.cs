using System.CommandLine;
using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Cli.Adapters;

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

    /// <summary>Gives a verb its work, which leaves nothing where it does not come to its end.</summary>
    public static Command Of(Command command, Func<ParseResult, CancellationToken, int> work) => Verb.Of(command, work, "Cancelled; nothing was kept.");
}
