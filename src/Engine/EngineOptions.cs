namespace Unlearning.Engine;

/// <summary>Which model the engine loads, and where and how it computes.</summary>
public sealed class EngineOptions
{
    /// <summary>Configuration section these options bind from.</summary>
    public const string SectionName = "Engine";

    /// <summary>
    /// A GGUF file or a Hugging Face folder of a Llama checkpoint; relative to the folder of appsettings.json.
    /// </summary>
    public string Model { get; set; } = "models/smollm2-135m-instruct";

    /// <summary>Where the engine computes: <c>cpu</c> (default), or <c>cuda:0</c> for the first NVIDIA GPU, in a build with its libtorch.</summary>
    public string Device { get; set; } = "cpu";

    /// <summary>
    /// Type of weights and products: <c>float32</c>, <c>bfloat16</c> or <c>float64</c>. With <c>auto</c> (default) it is float32 where
    /// such weights take at most a third of the device's memory, else bfloat16.
    /// </summary>
    public string Type { get; set; } = "auto";

    /// <summary>
    /// Memory that a training step may take beside the base's weights, in 2^20 bytes. Layers whose activations do not fit are run
    /// again in the backward pass: slower, with the same result to the byte. 0 keeps every layer's activations. The default is 1200.
    /// </summary>
    public int TrainingMemoryMb { get; set; } = 1200;

    /// <summary>
    /// Whether the base's weights stay on disk, as they are stored (quantised, for example), and are read and widened a layer at a
    /// time: training then needs little more than one layer, but chat reads the whole model for every token. By default (null) they do
    /// where they would take more than 80 % of the device's memory.
    /// </summary>
    public bool? StreamWeights { get; set; }

    /// <summary>
    /// How conversations are laid out: <c>auto</c> (default) takes the template that the model brings, where it is one that this engine
    /// renders; <c>chatml</c> and <c>llama3</c> choose one for a model that brings another or none.
    /// </summary>
    public string ChatTemplate { get; set; } = "auto";

    /// <summary>Threads of one tensor operation; 0 (default) leaves it to libtorch.</summary>
    public int Threads { get; set; }

    /// <summary>Most chats that are decoded together. The default is 64.</summary>
    public int MaximumChats { get; set; } = 64;

    /// <summary>Rows of one evaluation batch. The default is 48.</summary>
    public int EvaluationBatch { get; set; } = 48;

    /// <summary>The same settings for another model.</summary>
    internal EngineOptions For(string model)
    {
        EngineOptions copy = (EngineOptions)MemberwiseClone();
        copy.Model = model;
        return copy;
    }
}
