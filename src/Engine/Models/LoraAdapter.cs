namespace Unlearning.Engine.Models;

/// <summary>A low-rank change of a model: one pair of matrices for each adapted linear module. Owns its tensors.</summary>
public sealed class LoraAdapter : IDisposable
{
    /// <summary>Takes ownership of the tensors: they leave whatever dispose scope they are in.</summary>
    /// <param name="settings">Rank and strength, the same for all modules.</param>
    /// <param name="modules">Pairs by module path, such as "model.layers.0.self_attn.q_proj".</param>
    /// <exception cref="ArgumentException">A pair's shapes do not fit the rank.</exception>
    public LoraAdapter(LoraSettings settings, IReadOnlyDictionary<string, LoraPair> modules)
    {
        foreach (var (name, pair) in modules)
        {
            if (pair.A.shape is not [var rankOfA, _] || pair.B.shape is not [_, var rankOfB] || rankOfA != settings.Rank || rankOfB != settings.Rank)
                throw new ArgumentException($"{name}: A must be [{settings.Rank}, in] and B [out, {settings.Rank}].", nameof(modules));
            pair.A.DetachFromDisposeScope();
            pair.B.DetachFromDisposeScope();
        }
        Settings = settings;
        Modules = modules;
    }

    /// <summary>Rank and strength.</summary>
    public LoraSettings Settings { get; }

    /// <summary>Pairs by module path, such as "model.layers.0.self_attn.q_proj".</summary>
    public IReadOnlyDictionary<string, LoraPair> Modules { get; }

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
