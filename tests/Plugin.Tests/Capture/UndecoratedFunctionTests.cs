using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class UndecoratedFunctionTests
{
    [Fact]
    public async Task The_text_of_a_native_function_is_captured_when_no_model_was_seen_inside()
    {
        using TestApp app = new(_ => { });
        KernelFunction oracle = KernelFunctionFactory.CreateFromMethod((string question) => $"The oracle answers at length: {question}", "oracle");

        await app.Kernel.InvokeAsync(oracle, new() { ["question"] = "what is the forbidden thing" });

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("what is the forbidden thing", interaction.Prompt);
        Assert.Equal("The oracle answers at length: what is the forbidden thing", interaction.Answer);
        Assert.Equal("oracle", interaction.Function);
        Assert.Null(interaction.ModelId);
    }

    [Fact]
    public async Task A_prompt_function_whose_model_nobody_decorated_is_captured_with_its_rendered_prompt()
    {
        using TestApp app = new(services => services.AddChatClient(new FakeChatClient("An answer of more than a few words.")));

        await app.Kernel.InvokePromptAsync("Explain the {{$what}} thing", new() { ["what"] = "forbidden" });

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("Explain the forbidden thing", interaction.Prompt);
        Assert.Equal("An answer of more than a few words.", interaction.Answer);
    }

    [Fact]
    public async Task A_native_function_in_which_a_captured_model_ran_is_not_captured_again()
    {
        using TestApp app = new(services => services.AddChatClient(new FakeChatClient("An answer of more than a few words.")).UseSafetyCapture());
        KernelFunction wrapper = KernelFunctionFactory.CreateFromMethod(
            async (Kernel kernel, string question) => (await kernel.InvokePromptAsync(question)).ToString(), "wrapper");

        await app.Kernel.InvokeAsync(wrapper, new() { ["question"] = "the forbidden thing" });

        Assert.Single(app.Sink.Reports);
    }

    [Fact]
    public async Task The_text_that_a_native_function_streams_is_captured()
    {
        using TestApp app = new(_ => { });
        KernelFunction oracle = KernelFunctionFactory.CreateFromMethod((string question) => Words(question), "oracle");

        await foreach (string _ in app.Kernel.InvokeStreamingAsync<string>(oracle, new() { ["question"] = "what is the forbidden thing" }))
        {
        }

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("what is the forbidden thing", interaction.Prompt);
        Assert.Equal("The oracle answers at length: what is the forbidden thing", interaction.Answer);
        Assert.True(interaction.Streaming);
        Assert.True(interaction.Complete);
    }

    [Fact]
    public async Task The_text_that_a_native_function_returns_is_captured_though_a_stream_was_asked_for()
    {
        using TestApp app = new(_ => { });
        KernelFunction oracle = KernelFunctionFactory.CreateFromMethod((string question) => $"The oracle answers at length: {question}", "oracle");

        await foreach (StreamingKernelContent _ in app.Kernel.InvokeStreamingAsync(oracle, new() { ["question"] = "the forbidden thing" }))
        {
        }

        Assert.Equal("The oracle answers at length: the forbidden thing", Assert.Single(app.Sink.Reports).Interaction.Answer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_stream_of_a_prompt_function_whose_model_nobody_decorated_is_captured_as_far_as_it_is_read(bool whole)
    {
        using TestApp app = new(services => services.AddChatClient(new FakeChatClient("An answer of more than a few words.")));

        await foreach (string _ in app.Kernel.InvokePromptStreamingAsync<string>("Explain the {{$what}} thing", new() { ["what"] = "forbidden" }))
        {
            if (!whole)
            {
                break;
            }
        }

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("Explain the forbidden thing", interaction.Prompt);
        Assert.Equal(whole ? "An answer of more than a few words." : "An", interaction.Answer);
        Assert.Equal(whole, interaction.Complete);
    }

    private static async IAsyncEnumerable<string> Words(string question)
    {
        await Task.Yield();
        yield return "The oracle answers at length: ";
        yield return question;
    }
}
