namespace Unlearning.Engine.Weights;

/// <summary>Opens a model, whichever of the supported formats it is in.</summary>
public static class Checkpoint
{
    /// <summary>Opens a <c>.gguf</c> file, a Hugging Face folder (safetensors, single or sharded), or a folder that holds exactly one <c>.gguf</c>.</summary>
    /// <exception cref="CheckpointException">There is no model at the path, or it is damaged or of an unsupported kind.</exception>
    public static ICheckpoint Open(string path)
    {
        if (File.Exists(path))
            return new GgufCheckpoint(path);
        if (!Directory.Exists(path))
            throw new CheckpointException(path, "there is no such file or folder", "Point Engine:Model at a .gguf file or a Hugging Face model folder.");
        if (HuggingFaceCheckpoint.IsPresent(path))
            return new HuggingFaceCheckpoint(path);

        var files = Directory.GetFiles(path, "*.gguf");
        return files switch
        {
            [var only] => new GgufCheckpoint(only),
            [] => throw new CheckpointException(path, "the folder holds no model", "It must hold model.safetensors, model.safetensors.index.json or one .gguf file."),
            _ => throw new CheckpointException(path, $"the folder holds {files.Length} .gguf files", "Point Engine:Model at one of them."),
        };
    }
}
