using Unlearning.Host.Demo;

namespace Unlearning.EndToEnd.Tests;

/// <summary>The first thing a newcomer runs, with fewer prompts and steps.</summary>
[Trait("Category", "Slow")]
public sealed class TheDemo : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unlearning-demo-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Plays_to_its_end_and_leaves_what_it_promises()
    {
        DirectoryInfo output = new(Path.Combine(_folder.FullName, "demo-output"));
        Dictionary<string, string?> settings = new(ServiceUnderTest.ShortRecipe.Concat(ServiceUnderTest.LenientGates));
        using StringWriter screen = new();
        int code = await new DemoScene(output, settings, TextWriter.Synchronized(screen)) { Asked = 12 }.PlayAsync(CancellationToken.None);

        string shown = screen.ToString();
        Assert.True(code == 0, shown);
        foreach (string said in (string[])["1. Asking the assistant 12", "step 4/4", "pairs conflict", "3. Live traffic meanwhile", "4. Asking five"])
            Assert.Contains(said, shown, StringComparison.Ordinal);
        foreach (string file in (string[])["manifest.json", "report.md", "README.md", "adapter/adapter_model.safetensors"])
            Assert.True(File.Exists(Path.Combine(output.FullName, file)), file);
        Assert.NotEmpty(output.GetFiles("*.png"));
    }
}
