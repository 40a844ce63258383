namespace Unlearning.Engine.Directions;

/// <summary>What every direction shares: check, leave out inactive gradients, scale, weigh (the rule's own part), rescale, report.</summary>
public abstract class GramDirection : IDirection
{
    private const string InactiveBranch = "inactive";
    private readonly DirectionOptions _options;

    private protected GramDirection(DirectionOptions options) => _options = options.Checked();

    /// <inheritdoc/>
    public abstract string Name { get; }

    private protected DirectionOptions Options => _options;

    /// <summary>Whether gradients count even where they are too small to be more than noise.</summary>
    private protected virtual bool KeepsInactive => false;

    /// <summary>The rule itself, over gradients n_i u_i given by their lengths and angles (k of them, at least 1).</summary>
    /// <param name="cosines">C, k x k, C_ij = u_i . u_j.</param>
    /// <param name="lengths">n, after <see cref="DirectionOptions.Normalize"/>.</param>
    /// <param name="negligible">Squared sines up to this are noise.</param>
    /// <returns>w with d = sum w_i n_i u_i, and the branch taken.</returns>
    private protected abstract (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible);

    /// <inheritdoc/>
    public DirectionReport Combine(double[,] gram, double inactiveThreshold, IReadOnlyList<string>? names = null)
    {
        GramMatrix matrix = GramMatrix.From(gram, inactiveThreshold, names);
        double negligible = Math.Max(inactiveThreshold * inactiveThreshold, GramMatrix.Resolution);
        int[] active = [.. Enumerable.Range(0, matrix.Count).Where(i => matrix.Active[i])];
        double meanNorm = active.Length == 0 ? 0 : active.Average(i => matrix.Norms[i]);

        double[] weights = new double[matrix.Count];
        string branch = InactiveBranch;
        int[] rows = KeepsInactive ? [.. Enumerable.Range(0, matrix.Count)] : active;
        if (rows.Length > 0)
        {
            double[] scales = [.. rows.Select(i => Scale(matrix, i, meanNorm))];
            double[] lengths = [.. rows.Select((i, k) => scales[k] * matrix.Norms[i])];
            (double[] overRows, branch) = Weigh(matrix.CosinesOf(rows), lengths, negligible);
            for (int k = 0; k < rows.Length; k++)
                weights[rows[k]] = overRows[k] * scales[k];
        }

        (double[] product, double norm) = matrix.Apply(weights);
        if (Rescaled(norm, meanNorm) is double factor)
        {
            weights = [.. weights.Select(w => w * factor)];
            (product, norm) = matrix.Apply(weights);
        }

        double stationarity = active.Length == 0
            ? 0
            : ShortestPoint.Of(matrix.CosinesOf(active), [.. active.Select(_ => 1.0)], negligible).Norm;
        return new DirectionReport(
            Name, branch, matrix.Norms, matrix.Cosines, matrix.Active, weights, product, norm, stationarity);
    }

    /// <summary>What <see cref="DirectionOptions.Normalize"/> and <see cref="DirectionOptions.Preferences"/> multiply a gradient by.</summary>
    private double Scale(GramMatrix matrix, int row, double meanNorm) => Preference(matrix, row) * _options.Normalize switch
    {
        GradientScaling.None => 1,
        _ when !matrix.Active[row] => 0,
        GradientScaling.Unit => 1 / matrix.Norms[row],
        _ => meanNorm / matrix.Norms[row],
    };

    private double Preference(GramMatrix matrix, int row) => _options.Preferences switch
    {
        null => 1,
        { } preferences when preferences.Count == matrix.Count => preferences[row],
        { } preferences => throw new ArgumentException($"{Name} has {preferences.Count} preferences for {matrix.Count} objectives."),
    };

    /// <summary>What <see cref="DirectionOptions.Rescale"/> multiplies the direction by; null for nothing.</summary>
    private double? Rescaled(double norm, double meanNorm)
    {
        if (norm == 0 || _options.Rescale == DirectionRescale.None)
            return null;
        double usual = _options.Normalize == GradientScaling.Unit ? 1 : meanNorm;
        double target = _options.Rescale == DirectionRescale.Unit ? 1 : meanNorm;
        return target / Math.Max(norm, usual / _options.RescaleCap);
    }
}
