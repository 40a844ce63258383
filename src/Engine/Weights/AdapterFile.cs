using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>Reads an adapter, whichever of the supported formats it is in.</summary>
public static class AdapterFile
{
    /// <summary>Reads a PEFT folder or a <c>.gguf</c> adapter, and checks that it fits its base.</summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="config">The base's shape.</param>
    /// <param name="dtype">The type of the tensors in memory.</param>
    /// <param name="device">Where they shall be; the CPU if not given.</param>
    /// <exception cref="CheckpointException">There is no adapter, or it is damaged, not supported or made for another base.</exception>
    public static LoraAdapter Load(string path, LlamaConfig config, ScalarType dtype, Device? device = null)
    {
        if (File.Exists(path))
            return GgufAdapter.Load(path, config, dtype, device);
        if (!File.Exists(Path.Combine(path, PeftConfig.FileName)))
        {
            throw new CheckpointException(
                path,
                Directory.Exists(path) ? "the folder holds no adapter" : "there is no such file or folder",
                $"Give a folder with {PeftConfig.FileName} or a .gguf adapter.");
        }

        var adapter = PeftAdapter.Load(path, dtype, device);
        try
        {
            adapter.RequireFits(config);
            return adapter;
        }
        catch (ArgumentException e)
        {
            adapter.Dispose();
            throw new CheckpointException(path, e.Message.TrimEnd('.'), "Use an adapter of this base.", e);
        }
    }
}
