using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// The frozen base's hidden states at the answer positions of the examples that a KL term reads. They never change, so each
/// example is run once; as a segment of its own, so that its bytes do not depend on the batch in which it was first needed.
/// </summary>
internal sealed class ReferenceStates(LlamaModel model) : IDisposable
{
    private readonly Dictionary<AnswerExample, Tensor> _states = new(ReferenceEqualityComparer.Instance);

    /// <summary>Hidden states of all answer positions of <paramref name="examples"/>, [n, hidden].</summary>
    public Tensor Of(IReadOnlyList<AnswerExample> examples, Action pause)
    {
        AnswerExample[] missing = [.. examples.Where(example => !_states.ContainsKey(example)).Distinct(ReferenceEqualityComparer.Instance).Cast<AnswerExample>()];
        if (missing.Length > 0)
            Run(missing, pause);
        return cat([.. examples.Select(example => _states[example])]);
    }

    public void Dispose()
    {
        foreach (Tensor state in _states.Values)
            state.Dispose();
    }

    // Layer by layer for all of them, so that weights that are read for the purpose are read once.
    private void Run(AnswerExample[] examples, Action pause)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<Segment> segments = Segment.Cut([examples], model, limit: 1);
        Tensor[] x = [.. segments.Select(segment => model.Embed(segment.Ids.view(1, -1)).squeeze(0))];
        Tensor memory = empty(segments.Max(segment => segment.Tokens) * LayerState.Width(model.Config, blocks: null), dtype: model.Type, device: model.Device);
        try
        {
            for (int layer = 0; layer < model.Config.LayerCount; layer++)
            {
                for (int i = 0; i < x.Length; i++)
                {
                    using DisposeScope inner = NewDisposeScope();
                    LayerState state = new(memory, segments[i].Tokens, model.Config, blocks: null);
                    Tensor output = empty_like(x[i]);
                    new LayerPass(model, layer, parameters: null).Forward(x[i], segments[i], state, output);
                    x[i].copy_(output);
                    pause();
                }
            }

            for (int i = 0; i < x.Length; i++)
                _states[examples[i]] = x[i].index_select(0, segments[i].Positions).DetachFromDisposeScope();
        }
        finally
        {
            foreach (Segment segment in segments)
                segment.Dispose();
        }
    }
}
