using Unlearning.Engine.Inference;
using Unlearning.Host.Incidents;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Tests.Api;

namespace Unlearning.Host.Tests.Runs.Sets;

public sealed class SetBuilderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unlearning-sets-");

    [Fact]
    public async Task The_training_order_is_that_of_the_texts_whatever_order_incidents_were_captured_in()
    {
        using LlamaEngine engine = await TinyModel.LoadAsync(_folder.FullName);
        RecipeOptions recipe = new() { MaximumTokens = 400, LookAlikes = 2, KnownHarmful = 3, AnswerTokens = 4 };
        string[] prompts = [.. Enumerable.Range(0, 6).Select(i => $"harmful prompt {i}")];

        RunSets first = await BuildAsync(prompts), second = await BuildAsync([.. prompts.Reverse()]);

        Assert.Equal(6, first.Forget.Count);
        Assert.Equal(first.Forget.Select(example => string.Join(' ', example.Ids)), second.Forget.Select(example => string.Join(' ', example.Ids)));
        Assert.Equal(first.Refuse.Select(example => string.Join(' ', example.Ids)), second.Refuse.Select(example => string.Join(' ', example.Ids)));

        Task<RunSets> BuildAsync(IEnumerable<string> captured) => new SetBuilder(new FakePolicies()).BuildAsync(
            new SelectedIncidents { Forget = [.. captured.Select(Incident)], Replay = [] }, "base", engine, recipe, CancellationToken.None);
    }

    [Fact]
    public async Task Known_harmful_prompts_are_refused_and_nothing_of_theirs_is_forgotten()
    {
        using LlamaEngine engine = await TinyModel.LoadAsync(_folder.FullName);
        RecipeOptions recipe = new() { MaximumTokens = 400, LookAlikes = 2, KnownHarmful = 3, AnswerTokens = 4 };

        RunSets sets = await new SetBuilder(new FakePolicies()).BuildAsync(
            new SelectedIncidents { Forget = [Incident("harmful prompt")], Replay = [] }, "base", engine, recipe, CancellationToken.None);

        Assert.Single(sets.Forget);
        Assert.Single(sets.Forgotten);
        Assert.Single(sets.Incidents);
        Assert.Equal(4, sets.Refuse.Count);
        Assert.Equal(2, sets.LookAlike.Count);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Incident Incident(string prompt) => new()
    {
        Id = Guid.CreateVersion7(),
        Fingerprint = Guid.NewGuid().ToString("N"),
        Hazard = "vcr",
        BaseModelHash = "base",
        Policy = "policy",
        PolicyVersion = "1",
        PolicyRevision = "1",
        Prompt = prompt,
        Answer = $"answer to {prompt}",
        ReleaseId = "base",
    };
}
