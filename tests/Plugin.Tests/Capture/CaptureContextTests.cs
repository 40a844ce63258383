using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class CaptureContextTests
{
    [Fact]
    public void A_context_inside_another_adds_to_it_until_it_ends()
    {
        using CaptureContext outer = CaptureContext.Begin("user-1", new Dictionary<string, string> { ["app"] = "a", ["page"] = "home" });
        using (CaptureContext inner = CaptureContext.Begin(tags: new Dictionary<string, string> { ["page"] = "help" }))
        {
            Assert.Equal("user-1", inner.Subject);
            Assert.Equal("a", inner.Tags["app"]);
            Assert.Equal("help", inner.Tags["page"]);
        }

        Assert.Same(outer, CaptureContext.Current);
        Assert.Equal("home", outer.Tags["page"]);
    }

    [Fact]
    public async Task A_context_does_not_leak_into_other_flows()
    {
        await Task.Run(() => CaptureContext.Begin("user-1"));

        Assert.Null(CaptureContext.Current);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_kernels_data_serves_where_there_is_no_context(bool streaming)
    {
        using TestApp app = new(services => services.AddChatClient(new FakeChatClient("one two three four five six")).UseSafetyCapture());
        Kernel kernel = app.Kernel;
        kernel.Data[CaptureContext.SubjectKey] = "user-2";
        kernel.Data[CaptureContext.TagsKey] = new Dictionary<string, string> { ["app"] = "b" };

        if (streaming)
        {
            await foreach (string _ in kernel.InvokePromptStreamingAsync<string>("the forbidden thing"))
            {
            }
        }
        else
        {
            await kernel.InvokePromptAsync("the forbidden thing");
        }

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("user-2", interaction.Subject);
        Assert.Equal("b", interaction.Tags["app"]);
    }
}
