namespace Unlearning.Host.Api.Wire;

/// <summary>The models that can be asked.</summary>
internal sealed record ModelList(IReadOnlyList<ModelEntry> Data)
{
    public string Object { get; init; } = "list";
}
