using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Packaging;

public sealed class PackageTests : IDisposable
{
    private static readonly string _project = Path.Combine(Repository.Root, "src", "Plugin");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_package_has_what_a_reader_needs_and_depends_on_no_more_than_the_plugin_uses()
    {
#if DEBUG
        const string Configuration = "Debug";
#else
        const string Configuration = "Release";
#endif
        using Process pack = Process.Start(new ProcessStartInfo(
            "dotnet", ["pack", _project, "--no-build", "-c", Configuration, "-o", _folder.Path, "-v", "q", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        })!;
        string output = await pack.StandardOutput.ReadToEndAsync();
        await pack.WaitForExitAsync();
        Assert.True(pack.ExitCode == 0, output);

        using ZipArchive package = await ZipFile.OpenReadAsync(Assert.Single(Directory.GetFiles(_folder.Path, "*.nupkg")));
        Assert.Single(Directory.GetFiles(_folder.Path, "*.snupkg"));
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        foreach (string file in new[]
            {
                "README.md", "docs/policies.md", "schema/policy.schema.json",
                "lib/net10.0/Unlearning.Plugin.dll", "lib/net10.0/Unlearning.Plugin.xml",
            })
        {
            Assert.Contains(file, files);
        }

        using Stream stream = await package.GetEntry("Unlearning.Plugin.nuspec")!.OpenAsync();
        XElement metadata = (await XDocument.LoadAsync(stream, LoadOptions.None, CancellationToken.None)).Root!.Elements().Single();
        XNamespace xml = metadata.Name.Namespace;
        Assert.Equal("Unlearning.Plugin", metadata.Element(xml + "id")!.Value);
        Assert.Equal("MIT", metadata.Element(xml + "license")!.Value);
        Assert.Equal("README.md", metadata.Element(xml + "readme")!.Value);
        Assert.Contains("semantic-kernel", metadata.Element(xml + "tags")!.Value, StringComparison.Ordinal);
        Assert.Equal(
            ["JsonSchema.Net", "Microsoft.Extensions.AI", "Microsoft.Extensions.Hosting.Abstractions",
                "Microsoft.Extensions.Options.ConfigurationExtensions", "Microsoft.SemanticKernel.Core", "YamlDotNet"],
            metadata.Descendants(xml + "dependency").Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal));
        Assert.Empty(metadata.Descendants(xml + "frameworkReference"));
    }

    [Fact]
    public void Nothing_it_brings_along_is_a_server_a_connector_or_a_native_library()
    {
        JsonNode assets = JsonNode.Parse(File.ReadAllText(Path.Combine(_project, "obj", "project.assets.json")))!;
        string[] brought = [.. assets["libraries"]!.AsObject().Select(library => library.Key.Split('/')[0])];
        Assert.Contains("Microsoft.SemanticKernel.Abstractions", brought);
        Assert.DoesNotContain(brought, name => name.Contains("Torch", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || name.Contains("EntityFramework", StringComparison.Ordinal)
            || name.Contains("Connectors", StringComparison.Ordinal)
            || name.StartsWith("Azure.", StringComparison.Ordinal)
            || name.StartsWith("runtime.", StringComparison.Ordinal));
    }
}
