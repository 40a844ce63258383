namespace Unlearning.Engine.Training.Optimizers;

/// <summary>Optimisers by the name they have in configuration.</summary>
public static class Optimizer
{
    /// <summary>Every name that <see cref="Create"/> takes.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [Sgd.OptimizerName, AdamW.OptimizerName];

    /// <summary>A fresh optimiser of that name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="adamW">AdamW's settings; null for its defaults.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that exist.</exception>
    public static IOptimizer Create(string name, AdamWSettings? adamW = null) => name switch
    {
        Sgd.OptimizerName => new Sgd(),
        AdamW.OptimizerName => new AdamW(adamW ?? new AdamWSettings()),
        _ => throw UnknownName.Of("optimiser", name, Names),
    };
}
