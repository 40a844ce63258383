namespace Unlearning.Engine.Models;

/// <summary>A low-rank change of a model: one pair of matrices for each adapted linear module. Owns its tensors.</summary>
public sealed class LoraAdapter : IDisposable
{
    /// <summary>Takes ownership of the tensors: they leave whatever dispose scope they are in.</summary>
    /// <param name="modules">Pairs by module path, such as "model.layers.0.self_attn.q_proj".</param>
    /// <exception cref="ArgumentException">A pair's shapes do not fit its rank.</exception>
    public LoraAdapter(IReadOnlyDictionary<string, LoraPair> modules)
    {
        foreach (var (name, pair) in modules)
        {
            if (pair.A.shape is not [var rankOfA, _] || pair.B.shape is not [_, var rankOfB]
                || rankOfA != pair.Settings.Rank || rankOfB != pair.Settings.Rank)
            {
                throw new ArgumentException(
                    $"{name}: A must be [{pair.Settings.Rank}, in] and B [out, {pair.Settings.Rank}].", nameof(modules));
            }
            pair.A.DetachFromDisposeScope();
            pair.B.DetachFromDisposeScope();
        }
        Modules = modules;
    }

    /// <summary>Pairs by module path, such as "model.layers.0.self_attn.q_proj".</summary>
    public IReadOnlyDictionary<string, LoraPair> Modules { get; }

    /// <summary>Checks that a model has every module of the adapter, in its shape.</summary>
    /// <exception cref="ArgumentException">The adapter was made for another model; the message names the module.</exception>
    public void RequireFits(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (var (name, pair) in Modules)
        {
            if (!ModuleNames.TryParseLinear(name, out var layer, out var module) || layer >= config.LayerCount)
                throw new ArgumentException($"The adapter changes '{name}', which the base has not: it was made for another model.");
            var (outputs, inputs) = ModuleNames.Shape(config, module);
            if (pair.A.shape[1] != inputs || pair.B.shape[0] != outputs)
            {
                throw new ArgumentException(
                    $"The adapter's pair for {name} maps {pair.A.shape[1]} numbers to {pair.B.shape[0]}, the base {inputs} to {outputs}: "
                    + "it was made for another model.");
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var pair in Modules.Values)
        {
            pair.A.Dispose();
            pair.B.Dispose();
        }
    }
}
