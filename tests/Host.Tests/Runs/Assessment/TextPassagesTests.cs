using TorchSharp;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Runs.Assessment;
using Unlearning.Host.Tests.Storage;
using static TorchSharp.torch;

namespace Unlearning.Host.Tests.Runs.Assessment;

public sealed class TextPassagesTests
{
    // A token is a byte in this model.
    private static readonly string _prose = string.Concat(Enumerable.Range(0, 100).Select(i => $"Once upon a time there were {i:000} little dogs. "));

    [Fact]
    public async Task Passages_lie_on_the_whole_text_do_not_overlap_and_are_scored_as_their_token_probabilities_say()
    {
        using TemporaryFolder folder = new();
        using LlamaEngine engine = await TinyModel.LoadAsync(folder.Path);
        int[] ids = engine.Tokenizer.Encode(_prose);
        Assert.Equal(_prose.Length, ids.Length);
        int whole = ids.Length / 128;
        Assert.Equal(35, whole);

        RunningText text = new(_prose, "hash");
        IReadOnlyList<AnswerExample> six = TextPassages.Cut(text, 6, engine.Tokenizer);
        int[] starts = [0, 5, 11, 17, 23, 29];
        Assert.Equal(starts.Select(start => ids[(start * 128)..((start + 1) * 128)]), six.Select(passage => passage.Ids.ToArray()));
        Assert.All(six, passage => Assert.Equal([false, .. Enumerable.Repeat(true, 127)], passage.AnswerMask));
        Assert.All(six, passage => Assert.DoesNotContain("Once", passage.Id, StringComparison.Ordinal));
        Assert.Equal(ids[..(35 * 128)], TextPassages.Cut(text, 100, engine.Tokenizer).SelectMany(passage => passage.Ids));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => TextPassages.Cut(new RunningText(_prose[..127], "hash"), 6, engine.Tokenizer));
        Assert.Contains("Unlearning:Evaluation:PerplexityText has 127 tokens", error.Message, StringComparison.Ordinal);

        IReadOnlyList<AnswerScore> scores = await new EngineModel(engine, null, answerTokens: 8).ReadAsync(text, 6, CancellationToken.None);
        IReadOnlyList<AnswerScore> again = await new EngineModel(engine, null, answerTokens: 8).ReadAsync(text, 6, CancellationToken.None);
        Assert.Equal(scores.Select(score => score.NegativeLogLikelihood), again.Select(score => score.NegativeLogLikelihood));
        Assert.Equal(6, scores.Count);
        foreach ((int i, AnswerScore score) in scores.Index())
        {
            double[] logs = await engine.RunAsync(_ => TokenLogs(engine.Model, ids[(starts[i] * 128)..((starts[i] + 1) * 128)]), CancellationToken.None);
            Assert.Equal(127, score.Tokens);
            Assert.Equal(-logs.Sum() / 127, score.NegativeLogLikelihood, 4);
            Assert.Equal(logs.Sum(Math.Exp) / 127, score.MeanProbability, 4);
        }
    }

    /// <summary>ln p of tokens 2 to n, each after those before it, from the logits of that one passage.</summary>
    private static double[] TokenLogs(LlamaModel model, int[] ids)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using RotaryTable rotary = new(model.Config, model.Type, CPU);
        using CausalAttention attention = new(rotary, ids.Length);
        Tensor hidden = model.Forward(tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length]), attention, null);
        float[] logits = [.. model.Head(hidden.view(-1, model.Config.HiddenSize)).to(ScalarType.Float32).data<float>()];
        return [.. Enumerable.Range(1, ids.Length - 1).Select(position =>
        {
            ReadOnlySpan<float> row = logits.AsSpan((position - 1) * model.Config.VocabularySize, model.Config.VocabularySize);
            double sum = 0;
            foreach (float logit in row)
                sum += Math.Exp(logit);
            return row[ids[position]] - Math.Log(sum);
        })];
    }
}
