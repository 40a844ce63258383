using TorchSharp;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// Whole sequences laid end to end without padding: what goes through a layer at once. Products see one long row; attention
/// stays within each sequence.
/// </summary>
internal sealed class Segment : IDisposable
{
    private Segment(long first, IReadOnlyList<(int Objective, AnswerExample Example)> rows, long[] answersBefore, LlamaModel model)
    {
        List<long> ids = [], places = [], positions = [], targets = [];
        List<SequenceGroup> groups = [];
        List<ObjectiveRun> runs = [];
        foreach ((int objective, AnswerExample example) in rows)
        {
            long start = ids.Count, tokens = example.Ids.Count;
            if (groups is [.., { } group] && group.Tokens == tokens)
                groups[^1] = group with { Rows = group.Rows + 1 };
            else
                groups.Add(new SequenceGroup(start, 1, tokens));
            if (runs is [.., { } run] && run.Objective == objective)
                runs[^1] = run with { Count = run.Count + tokens, Answers = run.Answers + example.AnswerTokens };
            else
                runs.Add(new ObjectiveRun(objective, start, tokens, example.AnswerTokens, answersBefore[objective]));
            answersBefore[objective] += example.AnswerTokens;
            for (int t = 0; t < tokens; t++)
            {
                ids.Add(example.Ids[t]);
                places.Add(t);
                if (!example.AnswerMask[t])
                    continue;
                positions.Add(start + t - 1);
                targets.Add(example.Ids[t]);
            }
        }

        using DisposeScope scope = NewDisposeScope();
        (Tensor cosine, Tensor sine) = model.Rotary.At(tensor(places.ToArray(), device: model.Device), groups.Max(group => group.Tokens));
        Cosine = cosine.unsqueeze(1).DetachFromDisposeScope();
        Sine = sine.unsqueeze(1).DetachFromDisposeScope();
        Ids = tensor(ids.ToArray(), device: model.Device).DetachFromDisposeScope();
        Positions = tensor(positions.ToArray(), device: model.Device).DetachFromDisposeScope();
        Targets = tensor(targets.ToArray(), device: model.Device).DetachFromDisposeScope();
        Groups = groups;
        Runs = runs;
        Start = first;
        Tokens = ids.Count;
    }

    /// <summary>First token in the step.</summary>
    public long Start { get; }

    /// <summary>Number of tokens, n.</summary>
    public long Tokens { get; }

    /// <summary>Token ids, int64 [n].</summary>
    public Tensor Ids { get; }

    /// <summary>Rotary cosines of each token's place in its sequence, [n, 1, head_dim / 2].</summary>
    public Tensor Cosine { get; }

    /// <summary>Rotary sines, [n, 1, head_dim / 2].</summary>
    public Tensor Sine { get; }

    /// <summary>Tokens that predict an answer token, int64 [answers], run by run.</summary>
    public Tensor Positions { get; }

    /// <summary>The answer tokens, int64 [answers].</summary>
    public Tensor Targets { get; }

    /// <summary>The sequences, in token order.</summary>
    public IReadOnlyList<SequenceGroup> Groups { get; }

    /// <summary>The objectives' tokens, in token order.</summary>
    public IReadOnlyList<ObjectiveRun> Runs { get; }

    /// <summary>Cuts a step's examples into segments of at most <paramref name="limit"/> tokens, or of one longer sequence.</summary>
    /// <param name="objectives">Each objective's examples.</param>
    /// <param name="model">Whose vocabulary and rotary table apply.</param>
    /// <param name="limit">Most tokens of a segment.</param>
    public static List<Segment> Cut(IReadOnlyList<IReadOnlyList<AnswerExample>> objectives, LlamaModel model, long limit)
    {
        List<Segment> segments = [];
        List<(int, AnswerExample)> rows = [];
        long[] answers = new long[objectives.Count];
        long first = 0, tokens = 0;
        for (int objective = 0; objective < objectives.Count; objective++)
        {
            foreach (AnswerExample example in objectives[objective])
            {
                if (tokens > 0 && tokens + example.Ids.Count > limit)
                    Close();
                rows.Add((objective, example));
                tokens += example.Ids.Count;
            }
        }

        Close();
        return segments;

        void Close()
        {
            segments.Add(new Segment(first, rows, answers, model));
            rows.Clear();
            first += tokens;
            tokens = 0;
        }
    }

    public void Dispose()
    {
        Ids.Dispose();
        Cosine.Dispose();
        Sine.Dispose();
        Positions.Dispose();
        Targets.Dispose();
    }
}
