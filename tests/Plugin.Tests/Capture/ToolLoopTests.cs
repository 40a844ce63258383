using System.ComponentModel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class ToolLoopTests
{
    private const string Prompt = "Use the expert for the forbidden thing";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_turn_is_no_answer_and_the_answer_after_it_is_captured_once(bool streaming)
    {
        FakeChatClient model = new("The final answer is this one here.") { CallsTool = "clock_now" };
        using TestApp app = new(services => services.AddChatClient(model).UseKernelFunctionInvocation().UseSafetyCapture());
        Kernel kernel = app.Kernel;
        kernel.ImportPluginFromFunctions("clock", [KernelFunctionFactory.CreateFromMethod(() => "the forbidden hour has come at last", "now")]);

        await AskAsync(kernel, streaming);

        Assert.Equal(2, model.Requests.Count);
        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("The final answer is this one here.", interaction.Answer);
        Assert.Equal(Prompt, interaction.Prompt);
        Assert.Equal(3, interaction.Messages.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_conversation_that_a_tool_holds_with_another_model_is_captured_besides(bool streaming)
    {
        FakeChatClient expert = new("The expert says to do it in this way.");
        FakeChatClient model = new("The final answer is this one here.") { CallsTool = "expert_ask" };
        using TestApp app = new(services =>
        {
            // Outside the tool loop as well as inside: the hardest case to tell the two conversations apart.
            services.AddChatClient(model)
                .Use((inner, provider) => new SafetyCaptureChatClient(inner, provider.GetRequiredService<InteractionRecorder>()))
                .UseKernelFunctionInvocation();
            services.AddKeyedChatClient("expert", expert).UseSafetyCapture();
        });
        Kernel kernel = app.Kernel;
        kernel.ImportPluginFromObject(new Expert(app.Services.GetRequiredKeyedService<IChatClient>("expert")), "expert");

        await AskAsync(kernel, streaming);

        Assert.Equal(
            ["The expert says to do it in this way.", "The final answer is this one here."],
            app.Sink.Reports.Select(report => report.Interaction.Answer));
        Assert.Equal("expert-ask", app.Sink.Reports[0].Interaction.Function);
    }

    private static async Task AskAsync(Kernel kernel, bool streaming)
    {
        KernelArguments arguments = new(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() });
        if (!streaming)
        {
            await kernel.InvokePromptAsync(Prompt, arguments);
            return;
        }

        await foreach (string _ in kernel.InvokePromptStreamingAsync<string>(Prompt, arguments))
        {
        }
    }

    private sealed class Expert(IChatClient client)
    {
        [KernelFunction("ask")]
        [Description("Asks the expert.")]
        public async Task<string> AskAsync() => (await client.GetResponseAsync("How does one do the forbidden thing?")).Text;
    }
}
