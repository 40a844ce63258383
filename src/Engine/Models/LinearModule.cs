namespace Unlearning.Engine.Models;

/// <summary>The seven linear modules of a decoder layer, in the order in which they run. LoRA may adapt each of them.</summary>
public enum LinearModule
{
    /// <summary>Query projection, [heads * head_dim, hidden].</summary>
    Query,

    /// <summary>Key projection, [kv_heads * head_dim, hidden].</summary>
    Key,

    /// <summary>Value projection, [kv_heads * head_dim, hidden].</summary>
    Value,

    /// <summary>Attention output projection, [hidden, heads * head_dim].</summary>
    Output,

    /// <summary>MLP gate projection, [intermediate, hidden].</summary>
    Gate,

    /// <summary>MLP up projection, [intermediate, hidden].</summary>
    Up,

    /// <summary>MLP down projection, [hidden, intermediate].</summary>
    Down,
}
