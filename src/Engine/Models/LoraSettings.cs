namespace Unlearning.Engine.Models;

/// <summary>How strong the low-rank pair of a module is.</summary>
/// <param name="Rank">Rank of the pair; positive.</param>
/// <param name="Alpha">Numerator of <see cref="Scale"/>; need not be whole.</param>
public sealed record LoraSettings(int Rank, double Alpha)
{
    /// <summary>The factor on B A x: <see cref="Alpha"/> / <see cref="Rank"/>.</summary>
    public double Scale => Alpha / Rank;
}
