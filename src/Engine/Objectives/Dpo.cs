using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Objectives;

/// <summary>
/// Direct preference optimisation, for an answer to prefer (a refusal) over one to forget: the mean over pairs of
/// -log sigmoid(b (log pi(c) / pi_0(c) - log pi(r) / pi_0(r))), c the chosen and r the rejected answer, pi_0 the frozen model.
/// </summary>
/// <remarks>
/// Range (0, inf); it starts at log 2. Only the difference counts, so both answers may become less likely. The slopes with respect to
/// log pi are -b s / n for the chosen and b s / n for the rejected of n pairs, s = sigmoid of the negative argument. Source: Rafailov et al.,
/// Direct Preference Optimization (NeurIPS 2023, arXiv 2305.18290); unlearning code often multiplies it by 2 / b, as <see cref="Npo"/> does.
/// </remarks>
/// <param name="beta">b, above 0.</param>
public sealed class Dpo(double beta = 0.1) : ISequenceObjective
{
    private readonly double _beta = Setting.Positive("dpo", beta);

    /// <inheritdoc/>
    public string Name => "dpo";

    /// <inheritdoc/>
    public bool NeedsReference => true;

    /// <inheritdoc/>
    public bool NeedsPairs => true;

    /// <inheritdoc/>
    public Tensor Mean(Tensor logProbabilities, Tensor? reference, Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(reference);
        using DisposeScope scope = NewDisposeScope();
        Tensor ratios = logProbabilities.sub(reference.detach()).view(-1, 2);
        Tensor preference = ratios.select(1, 0).sub(ratios.select(1, 1));
        return nn.functional.logsigmoid(preference.Times(_beta)).mean().neg().MoveToOuterDisposeScope();
    }
}
