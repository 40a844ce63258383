using Unlearning.Engine.Models;

namespace Unlearning.Engine.Training;

/// <summary>
/// Where each LoRA matrix stands in the flat parameter vector: layer by layer, module by module, A [rank, in] before B
/// [out, rank].
/// </summary>
public sealed class LoraLayout
{
    /// <summary>Lays out an adapter on all seven linear modules of every layer.</summary>
    public LoraLayout(LlamaConfig config, LoraSettings settings)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        List<LoraBlock> blocks = [];
        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            foreach (LinearModule module in ModuleNames.LinearModules)
            {
                (long outputs, long inputs) = ModuleNames.Shape(config, module);
                blocks.Add(new LoraBlock(layer, module, settings.Rank, inputs, outputs, Length));
                Length += settings.Rank * (inputs + outputs);
            }
        }

        Blocks = blocks;
        LayerCount = config.LayerCount;
    }

    /// <summary>Rank and alpha.</summary>
    public LoraSettings Settings { get; }

    /// <summary>The pairs, in vector order.</summary>
    public IReadOnlyList<LoraBlock> Blocks { get; }

    /// <summary>Number of decoder layers.</summary>
    public int LayerCount { get; }

    /// <summary>Number of parameters, d.</summary>
    public long Length { get; }

    /// <summary>The seven blocks of one layer, in module order.</summary>
    public IReadOnlyList<LoraBlock> Layer(int layer) =>
        [.. Blocks.Skip(layer * ModuleNames.LinearModules.Count).Take(ModuleNames.LinearModules.Count)];
}
