namespace Unlearning.Engine.Inference;

/// <summary>A row's next token.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">ln p under the model itself, before penalties and temperature; NaN where it was not asked for.</param>
/// <param name="Alternatives">The most probable tokens with their ln p, best first, as many as were asked for.</param>
internal sealed record SampledToken(int Id, double LogProbability, IReadOnlyList<(int Id, double LogProbability)> Alternatives)
{
    public SampledToken(int id)
        : this(id, double.NaN, [])
    {
    }
}
