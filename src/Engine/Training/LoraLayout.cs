using Unlearning.Engine.Models;

namespace Unlearning.Engine.Training;

/// <summary>
/// Where each LoRA matrix stands in the flat parameter vector: layer by layer, module by module, A [rank, in] before B
/// [out, rank].
/// </summary>
public sealed class LoraLayout
{
    private readonly LoraBlock?[][] _layers;

    /// <summary>Lays out a fresh adapter on all seven linear modules of every layer.</summary>
    public LoraLayout(LlamaConfig config, LoraSettings settings)
        : this(config, (_, _) => settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
    }

    /// <summary>Lays out an adapter as it is: its own modules, each with its own rank and strength.</summary>
    /// <exception cref="ArgumentException">It adapts nothing, or a module that the model lacks or that has another shape there.</exception>
    public LoraLayout(LlamaConfig config, LoraAdapter adapter)
        : this(config, (layer, module) => adapter.Modules.GetValueOrDefault(ModuleNames.Linear(layer, module))?.Settings)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        if (adapter.Modules.Count == 0)
            throw new ArgumentException("The adapter adapts no module, so there is nothing to train.", nameof(adapter));
        adapter.RequireFits(config);
    }

    private LoraLayout(LlamaConfig config, Func<int, LinearModule, LoraSettings?> settingsOf)
    {
        ArgumentNullException.ThrowIfNull(config);
        List<LoraBlock> blocks = [];
        _layers = new LoraBlock?[config.LayerCount][];
        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            _layers[layer] = new LoraBlock?[ModuleNames.LinearModules.Count];
            foreach (LinearModule module in ModuleNames.LinearModules)
            {
                if (settingsOf(layer, module) is not { } settings)
                    continue;
                (long outputs, long inputs) = ModuleNames.Shape(config, module);
                LoraBlock block = new(layer, module, settings, inputs, outputs, Length);
                _layers[layer][(int)module] = block;
                blocks.Add(block);
                Length += block.Length;
            }
        }

        Blocks = blocks;
    }

    /// <summary>The pairs, in vector order.</summary>
    public IReadOnlyList<LoraBlock> Blocks { get; }

    /// <summary>Number of parameters, d.</summary>
    public long Length { get; }

    /// <summary>The first layer with an adapted module: no gradient is needed below it.</summary>
    public int FirstLayer => Blocks[0].Layer;

    /// <summary>The blocks of one layer's seven modules, in module order; null where a module is not adapted.</summary>
    public IReadOnlyList<LoraBlock?> Layer(int layer) => _layers[layer];
}
