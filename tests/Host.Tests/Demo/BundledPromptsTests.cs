using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Tests.Evaluation;

namespace Unlearning.Host.Tests.Demo;

public sealed class BundledPromptsTests
{
    private static readonly PromptSplit[] _splits = Enum.GetValues<PromptSplit>();

    [Theory]
    [InlineData(PromptSplit.Train, 160, 130, 112)]
    [InlineData(PromptSplit.Validation, 48, 32, 32)]
    [InlineData(PromptSplit.Gate, 120, 80, 48)]
    public void Each_split_has_its_numbers(PromptSplit split, int harmful, int lookAlikes, int ordinary)
    {
        Assert.Equal(harmful, BundledPrompts.Load(split, PromptKind.Harmful).Count);
        Assert.Equal(lookAlikes, BundledPrompts.Load(split, PromptKind.LookAlike).Count);
        Assert.Equal(ordinary, BundledPrompts.Load(split, PromptKind.Ordinary).Count);
    }

    [Fact]
    public void No_prompt_and_no_near_duplicate_of_its_kind_is_in_two_splits()
    {
        (PromptSplit Split, EvaluationPrompt Prompt, ContentWords Words)[] all =
            [.. _splits.SelectMany(split => BundledPrompts.Load(split).Select(prompt => (split, prompt, ContentWords.Of(prompt.Text))))];
        Assert.Equal(all.Length, all.Select(entry => entry.Prompt.Id).Distinct().Count());
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (all[i].Split != all[j].Split && all[i].Prompt.Kind == all[j].Prompt.Kind)
                {
                    Assert.True(
                        all[i].Words.Jaccard(all[j].Words) < PromptBundler.NearDuplicate, $"{all[i].Prompt.Id} and {all[j].Prompt.Id}");
                }
            }
        }
    }

    [Fact]
    public void Each_split_has_the_same_mix_of_sources()
    {
        foreach (PromptKind kind in Enum.GetValues<PromptKind>())
        {
            Dictionary<string, double> train = Mix(PromptSplit.Train, kind);
            foreach (PromptSplit split in (PromptSplit[])[PromptSplit.Validation, PromptSplit.Gate])
            {
                Dictionary<string, double> mix = Mix(split, kind);
                Assert.Equal(train.Keys.Order(), mix.Keys.Order());
                Assert.All(mix, pair => Assert.InRange(pair.Value, train[pair.Key] - 0.02, train[pair.Key] + 0.02));
            }
        }
    }

    [Fact]
    public void A_safe_prompt_and_its_unsafe_contrast_are_on_the_same_side()
    {
        Dictionary<int, PromptSplit> places = _splits
            .SelectMany(split => BundledPrompts.Load(split).Where(prompt => prompt.Source == "xstest").Select(prompt => (prompt, split)))
            .ToDictionary(
                pair => int.Parse(pair.prompt.Id.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture), pair => pair.split);

        // In the source each safe type of 25 rows is followed by its contrast, for these types.
        foreach (int first in (int[])[1, 51, 101, 151, 201, 326])
        {
            for (int row = first; row < first + 25; row++)
            {
                if (places.TryGetValue(row, out PromptSplit safe) && places.TryGetValue(row + 25, out PromptSplit contrast))
                {
                    Assert.Equal(safe, contrast);
                }
            }
        }
    }

    [Fact]
    public void Prompts_are_short_and_hazards_are_those_that_may_be_bundled()
    {
        foreach (EvaluationPrompt prompt in _splits.SelectMany(BundledPrompts.Load))
        {
            Assert.InRange(prompt.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 1, PromptSources.MaximumWords);
            Assert.Equal(prompt.Kind == PromptKind.Harmful, prompt.Hazard is not null);
            Assert.DoesNotContain(prompt.Hazard, (string[])["cse", "sxc", "sxc_prn"]);
        }
    }

    [SkippableFact]
    public void The_files_are_what_the_sources_give()
    {
        string? data = Environment.GetEnvironmentVariable("UNLEARNING_DATA");
        Skip.If(string.IsNullOrEmpty(data) || !Directory.Exists(data), "UNLEARNING_DATA names no folder with the data sets.");
        string picks = Path.Combine(Repository.Root, "src", "Host", "Demo", "Prompts", "ailuminate.picks");
        IReadOnlyDictionary<PromptSplit, IReadOnlyList<EvaluationPrompt>> made =
            PromptBundler.Split(PromptSources.All(data, picks), SplitQuota.Bundle);
        foreach ((PromptSplit split, IReadOnlyList<EvaluationPrompt> prompts) in made)
        {
            Assert.Equal(prompts, BundledPrompts.Load(split));
        }

        string own = Path.Combine(Repository.Root, "src", "Host", "Demo", "Prompts", "look-alikes.txt");
        Assert.Equal(
            PromptBundler.Companions(PromptSources.All(data, picks), PromptSources.LookAlikes(own), made.Values.SelectMany(prompts => prompts)),
            BundledPrompts.Load(PromptSplit.Companion));
    }

    private static Dictionary<string, double> Mix(PromptSplit split, PromptKind kind)
    {
        IReadOnlyList<EvaluationPrompt> prompts = BundledPrompts.Load(split, kind);
        return prompts.GroupBy(prompt => prompt.Source).ToDictionary(group => group.Key, group => group.Count() / (double)prompts.Count);
    }
}
