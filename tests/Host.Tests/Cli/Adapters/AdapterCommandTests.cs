using System.CommandLine;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using Unlearning.Host.Cli.Adapters;
using Unlearning.Host.Releases;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Evaluation;
using Unlearning.Host.Tests.Storage;
using static TorchSharp.torch;

namespace Unlearning.Host.Tests.Cli.Adapters;

public sealed class AdapterCommandTests : IDisposable
{
    private static readonly string Base = Path.Combine(Repository.Root, "tests", "Engine.Tests", "Assets", "stories260k");

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Fact]
    public async Task An_adapter_goes_to_GGUF_and_back_as_it_was()
    {
        Save(In("peft"));
        Assert.Equal(0, await RunAsync("export", In("peft"), "--to", In("a.gguf")));
        Assert.Equal(0, await RunAsync("export", In("a.gguf"), "--to", In("again")));
        Assert.Contains("2 modules, ranks 2 to 3, of base stories260k", _output.ToString(), StringComparison.Ordinal);
        foreach (string file in new[] { "adapter_config.json", "adapter_model.safetensors" })
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(In("peft"), file)), await File.ReadAllBytesAsync(Path.Combine(In("again"), file)));
    }

    [Fact]
    public async Task A_release_is_found_by_its_id_and_goes_with_its_base_alone()
    {
        using ICheckpoint checkpoint = Checkpoint.Open(Base);
        Release release = await SaveReleaseAsync(checkpoint.ContentHash());
        Assert.Equal(0, await RunAsync("export", release.Id, "--to", In("r.gguf"), "--format", "gguf"));
        Assert.Equal(0, await RunAsync("export", release.Folder, "--to", In("r")));
        using (LoraAdapter adapter = AdapterFile.Load(In("r.gguf"), checkpoint.Config, ScalarType.Float32))
            Assert.Equal(2, adapter.Modules.Count);

        Release foreign = await SaveReleaseAsync("another base");
        Assert.Equal(1, await RunAsync("merge", foreign.Id, "--to", In("m")));
        Assert.Contains("not the weights that", _errors.ToString(), StringComparison.Ordinal);

        await File.AppendAllTextAsync(Path.Combine(release.Folder, "report.md"), "!");
        Assert.Equal(1, await RunAsync("merge", release.Id, "--to", In("m")));
        Assert.Contains("changed since it was made", _errors.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("m")));
    }

    [Fact]
    public async Task A_merged_model_opens_and_has_what_the_adapter_adds()
    {
        Save(In("peft"));
        Assert.Equal(0, await RunAsync("merge", In("peft"), "--to", In("m"), "--type", "bfloat16"));
        Assert.Contains("100 % of", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("no tokenizer.json", _output.ToString(), StringComparison.Ordinal);
        using ICheckpoint before = Checkpoint.Open(Base), after = Checkpoint.Open(In("m"));
        const string Changed = "model.layers.1.mlp.up_proj.weight", Kept = "model.layers.0.mlp.up_proj.weight";
        using Tensor changed = after.Read(Changed, ScalarType.Float32) - before.Read(Changed, ScalarType.BFloat16).to(ScalarType.Float32);
        using Tensor kept = after.Read(Kept, ScalarType.BFloat16), original = before.Read(Kept, ScalarType.BFloat16);
        Assert.True(changed.abs().max().item<float>() > 0.1);
        Assert.True(kept.bytes.SequenceEqual(original.bytes));
    }

    [Fact]
    public async Task A_model_merged_to_a_quantised_type_is_one_file_that_opens()
    {
        Save(In("peft"));
        Assert.Equal(0, await RunAsync("merge", In("peft"), "--to", In("m.gguf"), "--type", "q8_0"));
        Assert.Contains("100 % of", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("put the model's tokenizer.json beside it", _output.ToString(), StringComparison.Ordinal);
        using ICheckpoint before = Checkpoint.Open(Base), after = Checkpoint.Open(In("m.gguf"));
        Assert.Equal(before.Config.HiddenSize, after.Config.HiddenSize);
        Assert.Equal(GgmlType.Q8_0, after.Stored("model.layers.1.mlp.up_proj.weight").Type);
        Assert.Equal(GgmlType.F32, after.Stored("model.embed_tokens.weight").Type);

        Assert.Equal(1, await RunAsync("merge", In("peft"), "--to", In("m.gguf"), "--type", "q4_1"));
        Assert.Contains("it is there already", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_in_one_line_and_leaves_nothing()
    {
        Save(In("peft"));
        await RefusedAsync("no such release", "export", "0123456789abcdef", "--to", In("x"));
        await RefusedAsync("holds no adapter", "export", Base, "--to", In("x"));
        await RefusedAsync("there already", "export", In("peft"), "--to", In("peft"));
        await RefusedAsync("there already", "merge", In("peft"), "--to", In("peft"));
        await RefusedAsync("there is no such file or folder", "merge", In("peft"), "--to", In("x"), "--base", In("y"));
        await File.WriteAllTextAsync(In("a.gguf"), "in the way");
        await RefusedAsync("there already", "export", In("peft"), "--to", In("a.gguf"));
        Assert.Equal([In("a.gguf"), In("peft")], Directory.GetFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal));

        async Task RefusedAsync(string because, params string[] arguments)
        {
            _errors.GetStringBuilder().Clear();
            Assert.Equal(1, await RunAsync(arguments));
            Assert.Contains(because, _errors.ToString(), StringComparison.Ordinal);
            Assert.Single(_errors.ToString().TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public async Task A_cancelled_merge_leaves_nothing()
    {
        Save(In("peft"));
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        Assert.Equal(1, await RunAsync(stop.Token, "merge", In("peft"), "--to", In("m")));
        Assert.Contains("nothing was kept", _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal([In("peft")], Directory.GetFileSystemEntries(_folder.Path));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    private Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    private Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        Dictionary<string, string?> settings = new() { ["Engine:Model"] = Base, ["Unlearning:DataDirectory"] = In("data") };
        return AdapterCommand.Create(settings).Parse(arguments)
            .InvokeAsync(new InvocationConfiguration { Output = _output, Error = _errors }, cancellationToken);
    }

    private static void Save(string folder)
    {
        using Generator random = new(3, CPU);
        using LoraAdapter adapter = new(new Dictionary<string, LoraPair>
        {
            ["model.layers.0.self_attn.q_proj"] = new(randn([2, 64], generator: random), randn([64, 2], generator: random), new LoraSettings(2, 4)),
            ["model.layers.1.mlp.up_proj"] = new(randn([3, 64], generator: random), randn([172, 3], generator: random), new LoraSettings(3, 4)),
        });
        PeftAdapter.Save(folder, adapter, "stories260k");
    }

    private Task<Release> SaveReleaseAsync(string baseHash)
    {
        ReleaseManifest manifest = new() { RunId = "run", BaseModel = "stories260k", BaseModelHash = baseHash, Parent = Release.BaseId, Verdict = "pass" };
        return new ReleaseStore(new DataFolder(In("data"))).SaveAsync(manifest, async (staging, cancellationToken) =>
        {
            Save(Path.Combine(staging, "adapter"));
            foreach (string file in new[] { "report.json", "report.md", "verdicts.json" })
                await File.WriteAllTextAsync(Path.Combine(staging, file), "{}", cancellationToken);
        });
    }
}
