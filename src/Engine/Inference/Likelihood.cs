using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>Log-likelihood of given answers. Engine thread only.</summary>
public static class Likelihood
{
    /// <summary>Natural log-probabilities of every answer token, example by example, float64.</summary>
    public static IReadOnlyList<double[]> TokenLogProbabilities(
        LlamaModel model, IReadOnlyList<AnswerExample> examples, LoraAdapter? adapter, Action? pause = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AnswerBatch batch = new(examples, model.Config.VocabularySize, model.Device);
        using CausalAttention attention = new(model.Rotary, batch.Ids.shape[1]);
        Tensor hidden = model.Forward(batch.Ids, attention, adapter, pause);
        Tensor logits = model.Head(hidden.view(-1, model.Config.HiddenSize).index_select(0, batch.Positions));
        Tensor wide = logits.dtype == ScalarType.Float64 ? logits : logits.to(ScalarType.Float32);
        double[] flat = [.. nn.functional.log_softmax(wide, -1).gather(1, batch.Targets.unsqueeze(1)).squeeze(1)
            .to(ScalarType.Float64).cpu().data<double>()];
        int start = 0;
        return [.. examples.Select(example => flat[start..(start += example.AnswerTokens)])];
    }

    /// <summary>Mean NLL and mean probability of each example's answer.</summary>
    public static IReadOnlyList<AnswerLikelihood> Of(
        LlamaModel model, IReadOnlyList<AnswerExample> examples, LoraAdapter? adapter, Action? pause = null) =>
        [.. TokenLogProbabilities(model, examples, adapter, pause).Select(logs =>
            new AnswerLikelihood(-logs.Average(), logs.Average(Math.Exp), logs.Length))];
}
