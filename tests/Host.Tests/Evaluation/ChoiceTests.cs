using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Choices;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class ChoiceTests
{
    [Fact]
    public void The_likeliest_choice_is_picked_by_its_sum_and_a_tie_is_wrong()
    {
        ChoiceQuestion question = new("q", "Which?", ["short", "a longer one"], 1, "test");

        // Per token the second is likelier, as a whole the first is.
        Assert.False(question.IsPicked([new AnswerScore(2.0, 0.1, 1), new AnswerScore(1.0, 0.4, 3)]));
        Assert.True(question.IsPicked([new AnswerScore(2.0, 0.1, 1), new AnswerScore(0.5, 0.6, 3)]));
        Assert.False(question.IsPicked([new AnswerScore(3.0, 0.1, 1), new AnswerScore(1.0, 0.4, 3)]));
        Assert.All(question.ToAnswers(), answer => Assert.False(answer.Ends));
    }

    [Fact]
    public void The_bundled_questions_are_whole()
    {
        Assert.Equal(2, BundledChoices.Sources.Count);
        foreach (string source in BundledChoices.Sources)
        {
            IReadOnlyList<ChoiceQuestion> questions = BundledChoices.Load(source);
            Assert.Equal(ChoiceSources.Sample, questions.Count);
            Assert.Equal(questions.Count, questions.Select(question => question.Id).Distinct().Count());
            Assert.All(questions, question =>
            {
                Assert.Equal(source, question.Source);
                Assert.InRange(question.Choices.Count, 2, 20);
                Assert.InRange(question.Right, 0, question.Choices.Count - 1);
            });
        }
    }

    [Fact]
    public void No_question_is_much_like_a_prompt_that_a_run_may_train_on()
    {
        ContentWords[] prompts = [.. Enum.GetValues<PromptSplit>().SelectMany(BundledPrompts.Load).Select(prompt => ContentWords.Of(prompt.Text))];
        foreach (ChoiceQuestion question in BundledChoices.Sources.SelectMany(BundledChoices.Load))
        {
            ContentWords words = ContentWords.Of(question.Text);
            Assert.DoesNotContain(prompts, prompt => prompt.Jaccard(words) >= PromptBundler.NearDuplicate);
        }
    }

    [SkippableFact]
    public void The_files_are_what_the_sources_give()
    {
        string? data = Environment.GetEnvironmentVariable("UNLEARNING_DATA");
        Skip.If(string.IsNullOrEmpty(data) || !Directory.Exists(data), "UNLEARNING_DATA names no folder with the data sets.");
        foreach ((string source, IReadOnlyList<ChoiceQuestion> questions) in ChoiceSources.All(data))
        {
            Assert.Equal(
                questions.Select(question => (question.Id, question.Text, string.Join('\n', question.Choices), question.Right)),
                BundledChoices.Load(source).Select(question => (question.Id, question.Text, string.Join('\n', question.Choices), question.Right)));
        }
    }
}
