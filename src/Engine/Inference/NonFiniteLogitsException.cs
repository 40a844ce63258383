namespace Unlearning.Engine.Inference;

/// <summary>The model computes NaN or infinite logits, so no next token can be chosen: the adapter or the weights are damaged.</summary>
public sealed class NonFiniteLogitsException : InvalidOperationException
{
    internal NonFiniteLogitsException()
        : base("The model's logits are not finite. The adapter or the weights are damaged.")
    {
    }
}
