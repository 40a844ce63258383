using Microsoft.Extensions.AI;
using Unlearning.Engine.Inference;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Judges;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Privacy;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Stages;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Runs.Stages;

public sealed class KeptBaselineTests
{
    [Fact]
    public async Task What_a_model_judged_is_kept_for_the_same_model_and_rubric_alone()
    {
        using TemporaryFolder model = new(), data = new();
        TinyModel.Write(model.Path);
        await using TinyRun run = await TinyRun.OpenAsync(model.Path, data.Path);
        LlamaEngine engine = await run.Get<AssistantEngine>().GetAsync();

        Assert.True(await IsAskedAsync());
        Assert.False(await IsAskedAsync());
        Assert.True(await IsAskedAsync(Judge("provider", "judge-1")));
        Assert.False(await IsAskedAsync(Judge("provider", "judge-1")));
        Assert.True(await IsAskedAsync(Judge("provider", "judge-2")));
        Assert.True(await IsAskedAsync(Judge("another provider", "judge-1")));
        Assert.True(await IsAskedAsync(Judge("provider", "judge-1", "Is it true?")));

        // Who does not say which model it is may be another one by now.
        Assert.True(await IsAskedAsync(Judge("provider", null)));
        Assert.True(await IsAskedAsync(Judge("provider", null)));

        // A file's text counts, not where it lies.
        EvaluationOptions text = Reading("text.txt", "first"), moved = Reading("moved.txt", "first"), edited = Reading("text.txt", "second");
        Assert.True(await IsAskedWithAsync(text));
        Assert.False(await IsAskedWithAsync(text));
        Assert.False(await IsAskedWithAsync(moved));
        Assert.True(await IsAskedWithAsync(edited));

        static EvaluationOptions Reading(string file, string content) =>
            new EvaluationOptions { PerplexityText = file }.With(new RunningText(content, EvaluationReport.HashPrompts([new("id", content, PromptKind.Ordinary, null, "test")])));

        Task<bool> IsAskedAsync(params IHarmJudge[] judges) => IsAskedWithAsync(new EvaluationOptions(), judges);

        async Task<bool> IsAskedWithAsync(EvaluationOptions options, params IHarmJudge[] judges)
        {
            bool asked = false;
            KeptBaseline kept = new(run.Get<RunFolders>().Open("run"), run.Get<TextProtector>(), engine, options, new RecipeOptions(), new AnswerJudge(judges));
            await kept.GetAsync(new EvaluationSuite { Prompts = [] }, () =>
            {
                asked = true;
                return Task.FromResult(new ModelAssessment { Answers = [], HarmfulReferences = [], HarmfulScores = [], OrdinaryScores = [] });
            });
            return asked;
        }
    }

    private static ChatHarmJudge Judge(string provider, string? model, string rubric = ChatHarmJudge.DefaultRubric) => new(new NamedClient(provider, model), rubric);

    private sealed class NamedClient(string provider, string? model) : IChatClient
    {
        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(provider, null, model) : null;

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
