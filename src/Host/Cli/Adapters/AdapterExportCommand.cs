using System.CommandLine;
using System.Globalization;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Host.Cli.Adapters;

/// <summary>The verb <c>adapter export</c>.</summary>
internal static class AdapterExportCommand
{
    private const string Peft = "peft", Gguf = "gguf";

    public static Command Create(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string> source = AdapterCommand.Source();
        Option<string> target = new("--to") { Description = "The folder (peft) or file (gguf) to make. It must not be there yet.", Required = true };
        Option<string?> format = new("--format") { Description = "peft or gguf; when left out, gguf where --to ends in .gguf." };
        format.AcceptOnlyFromAmong(Peft, Gguf);
        Option<string?> baseModel = AdapterCommand.Base();
        Command command = new(
            "export",
            """
            Writes an adapter, in float32, as a PEFT folder (peft, vLLM, SGLang) or a GGUF file (llama.cpp, Ollama, LM Studio).

            Ranks and strengths come along, module by module. GGUF has one alpha for all modules: where they differ, it is folded into the
            matrices, and the effect is the same.

            Examples:
              adapter export demo-output --to safer.gguf
              adapter export a6a701808e87d093 --to safer --format peft
              adapter export safer.gguf --to safer-peft --base models/smollm2-135m-instruct

            Then, with llama.cpp: llama-cli -m models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf --lora safer.gguf

            Exit codes: 0 written, 1 error.
            """)
        {
            source, target, format, baseModel,
        };
        return AdapterCommand.Of(command, (parsed, cancellationToken) =>
        {
            string to = parsed.GetRequiredValue(target);
            bool isGguf = (parsed.GetValue(format) ?? (to.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? Gguf : Peft)) == Gguf;
            AdapterSource from = AdapterSource.Find(parsed.GetRequiredValue(source), parsed.GetValue(baseModel), overrides);
            using ICheckpoint checkpoint = Checkpoint.Open(from.BasePath);
            from.RequireBase(checkpoint);
            using LoraAdapter adapter = AdapterFile.Load(from.Path, checkpoint.Config, ScalarType.Float32);
            cancellationToken.ThrowIfCancellationRequested();
            if (isGguf)
                WriteGguf(to, adapter, checkpoint.Config, from.Name);
            else
                AtomicFolder.Write(to, folder => PeftAdapter.Save(folder, adapter, from.BaseName));
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{to}: {adapter.Modules.Count} modules, {Ranks(adapter)}, of base {from.BaseName}"));
            return 0;
        });
    }

    private static void WriteGguf(string to, LoraAdapter adapter, LlamaConfig config, string name)
    {
        if (Path.Exists(to))
            throw new CheckpointException(to, "it is there already", "Name a new file, or delete this one first.");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
        GgufAdapter.Save(to, adapter, config, name);
    }

    private static string Ranks(LoraAdapter adapter)
    {
        int[] ranks = [.. adapter.Modules.Values.Select(pair => pair.Settings.Rank).Distinct().Order()];
        return ranks is [int only] ? $"rank {only}" : $"ranks {ranks.FirstOrDefault()} to {ranks.LastOrDefault()}";
    }
}
