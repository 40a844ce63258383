using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// The frozen base's hidden states at the answer positions of the examples that a KL term reads. They never change, so each
/// example is run once; alone, so that its bytes do not depend on the batch in which it was first needed.
/// </summary>
internal sealed class ReferenceStates(LlamaModel model) : IDisposable
{
    private readonly Dictionary<AnswerExample, Tensor> _states = new(ReferenceEqualityComparer.Instance);

    /// <summary>Hidden states of all answer positions of <paramref name="batch"/>, [n, hidden].</summary>
    public Tensor Of(AnswerBatch batch, Action pause) => cat([.. batch.Examples.Select(example => Of(example, pause))]);

    public void Dispose()
    {
        foreach (Tensor state in _states.Values)
            state.Dispose();
    }

    private Tensor Of(AnswerExample example, Action pause)
    {
        if (_states.TryGetValue(example, out Tensor? known))
            return known;

        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AnswerBatch alone = new([example], model.Config.VocabularySize, model.Device);
        using CausalAttention attention = new(model.Rotary, alone.Ids.shape[1]);
        Tensor hidden = model.Forward(alone.Ids, attention, adapter: null, pause);
        return _states[example] = hidden.view(-1, model.Config.HiddenSize).index_select(0, alone.Positions).DetachFromDisposeScope();
    }
}
