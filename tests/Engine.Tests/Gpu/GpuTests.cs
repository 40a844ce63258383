namespace Unlearning.Engine.Tests.Gpu;

/// <summary>Tests on the GPU run after all others and one at a time: it is one machine's, and its memory is.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GpuTests
{
    public const string Name = "GPU";
}
