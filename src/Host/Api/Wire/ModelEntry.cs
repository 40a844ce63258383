namespace Unlearning.Host.Api.Wire;

/// <summary>A model that can be asked.</summary>
internal sealed record ModelEntry(string Id)
{
    public string Object { get; init; } = "model";

    public long Created { get; init; }

    public string OwnedBy { get; init; } = "unlearning";
}
