namespace Unlearning.Benchmarks;

/// <summary>What the command line set.</summary>
/// <param name="Model">The default model's folder.</param>
/// <param name="Threads">Threads of torch and of llama.cpp.</param>
/// <param name="Layers">Decoder layers of the 8B shape.</param>
/// <param name="Cache">Folder for the random 8B weights.</param>
/// <param name="Device">Where the device rows compute, as <see cref="Unlearning.Engine.EngineOptions.Device"/>.</param>
internal sealed record SessionOptions(string Model, int Threads, int Layers, string Cache, string Device = SessionOptions.Cpu)
{
    /// <summary>The device of all other rows.</summary>
    public const string Cpu = "cpu";
}
