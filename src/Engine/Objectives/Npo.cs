using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>
/// Negative preference optimisation, for answers to forget: the mean over answers of -(2 / b) log sigmoid(-b (log pi - log pi_0)),
/// pi and pi_0 the probabilities of the whole answer under the model in training and the frozen one.
/// </summary>
/// <remarks>
/// Range (0, inf); it starts at (2 / b) log 2. The slope with respect to log pi is 2 sigmoid(b (log pi - log pi_0)): 1 at the start, where it is
/// gradient ascent, and falling to 0 as the answer becomes less likely than it was, so that it stops where ascent does not.
/// Long answers count for more. Source: Zhang et al., Negative Preference Optimization (COLM 2024, arXiv 2404.05868).
/// </remarks>
/// <param name="beta">b, above 0; the smaller, the closer to gradient ascent.</param>
public sealed class Npo(double beta = 0.1) : ISequenceObjective
{
    private readonly double _beta = Setting.Positive("npo", beta);

    /// <inheritdoc/>
    public string Name => "npo";

    /// <inheritdoc/>
    public bool NeedsReference => true;

    /// <inheritdoc/>
    public bool NeedsPairs => false;

    /// <inheritdoc/>
    public Tensor Mean(Tensor logProbabilities, Tensor? reference, Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(reference);
        using DisposeScope scope = NewDisposeScope();
        Tensor ratios = logProbabilities.sub(reference.detach());
        return nn.functional.logsigmoid(ratios.Times(-_beta)).mean().Times(-2 / _beta).MoveToOuterDisposeScope();
    }
}
