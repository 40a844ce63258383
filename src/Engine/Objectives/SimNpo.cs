using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>
/// Simple negative preference optimisation, for answers to forget: the mean over answers of -(2 / b) log sigmoid(-(b / n) log pi - b m),
/// pi the probability of the whole answer and n its number of tokens.
/// </summary>
/// <remarks>
/// Range (0, inf). It needs no frozen model and treats long and short answers alike, by the mean log-probability of their tokens; an
/// answer that is unlikely from the start hardly counts. Source: Fan et al., Simplicity Prevails: Rethinking Negative Preference
/// Optimization for LLM Unlearning (arXiv 2410.07163), where the margin m is gamma / 2.
/// </remarks>
/// <param name="beta">b, above 0.</param>
/// <param name="margin">m in nats a token, any finite number: below which -(1 / n) log pi counts as not yet forgotten.</param>
public sealed class SimNpo(double beta = 4.5, double margin = 0) : ISequenceObjective
{
    private readonly double _beta = Setting.Positive("simnpo", beta);
    private readonly double _margin = Setting.Finite("simnpo", margin);

    /// <inheritdoc/>
    public string Name => "simnpo";

    /// <inheritdoc/>
    public bool NeedsReference => false;

    /// <inheritdoc/>
    public bool NeedsPairs => false;

    /// <inheritdoc/>
    public Tensor Mean(Tensor logProbabilities, Tensor? reference, Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor beyond = logProbabilities.div(tokens).neg().Minus(_margin);
        return nn.functional.logsigmoid(beyond.Times(_beta)).mean().Times(-2 / _beta).MoveToOuterDisposeScope();
    }
}
