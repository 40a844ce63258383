using System.CommandLine;
using System.Globalization;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Demo;

namespace Unlearning.Host.Cli.Demo;

/// <summary>The <c>demo</c> verb.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<int> seed = new("--seed") { Description = "Seed of the adapter's start and of every shuffle.", DefaultValueFactory = _ => 1 };
        Option<int?> steps = new("--steps") { Description = "Training steps; the recipe of appsettings.json decides when left out." };
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "Folder for adapter, manifest, report and plots. An earlier demo's output there is replaced.",
            DefaultValueFactory = _ => new DirectoryInfo("demo-output"),
        };
        Command command = new(
            "demo",
            """
            Plays the whole loop on the embedded model: harmful answers are captured, a run unlearns them, gates judge the result,
            and the running kernel swaps to it. Takes a few minutes; needs no network.

            Examples:
              demo
              demo --steps 12 --seed 7
              demo --out /tmp/first-look

            Exit codes: 0 promoted, 1 error, 2 a gate did not pass.
            """)
        {
            seed, steps, output,
        };
        return Verb.Of(
            command,
            (parsed, cancellationToken) =>
            {
                Dictionary<string, string?> overrides = new()
                {
                    ["Unlearning:Recipe:Seed"] = parsed.GetValue(seed).ToString(CultureInfo.InvariantCulture),
                };
                if (parsed.GetValue(steps) is { } count)
                {
                    overrides["Unlearning:Recipe:Steps"] = count >= 1
                        ? count.ToString(CultureInfo.InvariantCulture)
                        : throw new ArgumentException($"--steps is {count}; it must be at least 1.");
                }

                return new DemoScene(parsed.GetValue(output)!, overrides, parsed.InvocationConfiguration.Output).PlayAsync(cancellationToken);
            },
            cancelled: "Cancelled; nothing was kept.");
    }
}
