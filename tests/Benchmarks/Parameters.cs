using Unlearning.Engine.Models;

namespace Unlearning.Benchmarks;

/// <summary>Parameter counts, N in the flops of a step.</summary>
internal static class Parameters
{
    /// <summary>Those that enter a matrix product: all linear layers and the head, but not an input embedding of its own.</summary>
    public static long InProducts(LlamaConfig config) =>
        (config.LayerCount * ModuleNames.LinearModules.Sum(module => Size(ModuleNames.Shape(config, module))))
        + ((long)config.VocabularySize * config.HiddenSize);

    private static long Size((long Out, long In) shape) => shape.Out * shape.In;
}
