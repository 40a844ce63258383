namespace Unlearning.Host.Releases;

/// <summary>The frozen model every release is an adapter of.</summary>
public interface IBaseModel
{
    /// <summary>The model's name, as API clients see it.</summary>
    string Name { get; }

    /// <summary>SHA-256 of the weights, in hex. Computed once; later calls are free.</summary>
    ValueTask<string> GetHashAsync(CancellationToken cancellationToken = default);
}
