using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>An adapter whose ranks and strengths differ, and that has not a pair for every module.</summary>
internal static class RandomAdapter
{
    public static LoraAdapter Create(LlamaConfig config, double alpha = 3)
    {
        using var random = new Generator(5, CPU);
        var pairs = new Dictionary<string, LoraPair>();
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            foreach (var module in ModuleNames.LinearModules.Where(module => (layer + (int)module) % 4 != 0))
            {
                var (outputs, inputs) = ModuleNames.Shape(config, module);
                var rank = 1 + ((int)module % 3);
                pairs[ModuleNames.Linear(layer, module)] = new(
                    randn([rank, inputs], ScalarType.Float64, generator: random) / Math.Sqrt(inputs),
                    randn([outputs, rank], ScalarType.Float64, generator: random) * 0.1,
                    new(rank, alpha + layer));
            }
        }
        return new LoraAdapter(pairs);
    }
}
