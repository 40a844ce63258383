using System.Globalization;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;

namespace Unlearning.Host.Runs.Assessment;

/// <summary>
/// Base and adapter merged, rounded to a format as llama.cpp's quantiser rounds, and loaded as a model of its own: what somebody serves who
/// takes the merged weights elsewhere. The base is rounded likewise, so that the two can be compared.
/// </summary>
/// <param name="engine">The base; it stays loaded beside the other model.</param>
/// <param name="folder">Where the model lies while it is asked: emptied first, as a crash may have left one there, and deleted afterwards.</param>
internal sealed class Requantisation(LlamaEngine engine, string folder)
{
    // Header and vocabulary: 2 MB for 49,152 tokens, 8 MB for 128,256.
    private const long HeaderBytes = 16 << 20;

    /// <summary>Bytes that a folder's disk has free.</summary>
    public Func<string, long> FreeBytes { get; init; } = place => new DriveInfo(place).AvailableFreeSpace;

    /// <summary>Writes the model, asks it and deletes it, whatever happens.</summary>
    /// <param name="adapter">The candidate; null is the base.</param>
    /// <param name="format">One of <see cref="MergedGguf.Types"/>.</param>
    /// <param name="ask">What is wanted of the model.</param>
    /// <param name="cancellationToken">Stops between the steps and while the file is written.</param>
    /// <exception cref="IOException">There is not enough room on the disk, or it fails.</exception>
    /// <exception cref="CheckpointException">A merged weight is beyond the range of the format.</exception>
    public async Task<T> AskAsync<T>(LoraAdapter? adapter, string format, Func<LlamaEngine, Task<T>> ask, CancellationToken cancellationToken)
    {
        Clear();
        try
        {
            Directory.CreateDirectory(folder);

            // Not on the engine thread: chats go on while the file is written, and nobody changes the adapter.
            string model = await Task.Run(() => Write(adapter, MergedGguf.Types[format], cancellationToken), cancellationToken).ConfigureAwait(false);
            using LlamaEngine rounded = await engine.LoadBesideAsync(model, cancellationToken).ConfigureAwait(false);
            return await ask(rounded).ConfigureAwait(false);
        }
        finally
        {
            Clear();
        }
    }

    private string Write(LoraAdapter? adapter, GgmlType type, CancellationToken cancellationToken)
    {
        using ICheckpoint checkpoint = engine.OpenBase();
        MergedGguf merged = new(checkpoint, adapter, type);
        (long needed, long free) = (merged.ByteLength + HeaderBytes, FreeBytes(folder));
        if (free < needed)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"The merged model takes {needed / 1e6:0} MB, and '{folder}' has room for {free / 1e6:0} MB. Make room, or switch Unlearning:Evaluation:Requantise off."));
        }

        if (checkpoint.TokenizerJsonPath is { } tokenizer)
            File.Copy(tokenizer, Path.Combine(folder, "tokenizer.json"));
        string file = Path.Combine(folder, "model.gguf");
        merged.Write(file, cancellationToken: cancellationToken);
        return file;
    }

    private void Clear()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
