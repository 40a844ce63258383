using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>Log-likelihood of given answers. Engine thread only.</summary>
public static class Likelihood
{
    /// <summary>Every answer token's probability, and whether greedy decoding would have chosen it, example by example.</summary>
    /// <returns>For each example one entry per answer token: the natural log-probability, float64, and the greedy hit.</returns>
    public static IReadOnlyList<(double[] Logs, bool[] Hits)> Tokens(
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
        double[] logs = [.. nn.functional.log_softmax(wide, -1).gather(1, batch.Targets.unsqueeze(1)).squeeze(1)
            .to(ScalarType.Float64).cpu().data<double>()];
        bool[] hits = [.. logits.argmax(-1).eq(batch.Targets).cpu().data<bool>()];
        int start = 0;
        return [.. examples.Select(example =>
        {
            Range range = start..(start += example.AnswerTokens);
            return (logs[range], hits[range]);
        })];
    }

    /// <summary>Mean NLL, mean probability and greedy hits of each example's answer.</summary>
    public static IReadOnlyList<AnswerLikelihood> Of(
        LlamaModel model, IReadOnlyList<AnswerExample> examples, LoraAdapter? adapter, Action? pause = null) =>
        [.. Tokens(model, examples, adapter, pause).Select(answer =>
            new AnswerLikelihood(-answer.Logs.Average(), answer.Logs.Average(Math.Exp), answer.Logs.Length) { GreedyHits = answer.Hits })];
}
