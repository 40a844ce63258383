using Unlearning.Engine.Models;

namespace Unlearning.Engine.Inference;

/// <summary>The keys and values of a prompt's beginning under one adapter.</summary>
internal sealed class SharedPrefix(LoraAdapter? adapter, int[] ids, KeyValueCache cache)
{
    public LoraAdapter? Adapter => adapter;

    public int[] Ids => ids;

    /// <summary>One row, <see cref="Ids"/> long.</summary>
    public KeyValueCache Cache => cache;

    /// <summary>Prefills that read it now; it must not be dropped under them.</summary>
    public int Readers { get; set; }
}
