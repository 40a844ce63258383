namespace Unlearning.Engine.Directions;

/// <summary>
/// PCGrad: each gradient gives up, one after the other, what conflicts with the other gradients, and the results are summed.
/// For every i, v = g_i; for every j != i with v . g_j &lt; 0, v becomes v - (v . g_j / ||g_j||^2) g_j; d = sum v.
/// </summary>
/// <remarks>
/// <para>
/// With two objectives none rises to first order. With more it promises nothing: what was given up for one may come back with the
/// next. The paper draws the order of the j anew in every step; here it is the objectives' order, so that a run repeats.
/// </para>
/// <para>
/// Branches: <c>sum</c> (nothing conflicts: d is the sum of the gradients), <c>projected</c>, <c>inactive</c> (no gradient at all).
/// Source: Yu et al., Gradient Surgery for Multi-Task Learning (NeurIPS 2020, arXiv 2001.06782).
/// </para>
/// </remarks>
public sealed class PcGrad(DirectionOptions options) : GramDirection(options)
{
    /// <inheritdoc/>
    public override string Name => "pcgrad";

    private protected override (double[] Weights, string Branch) Weigh(double[,] cosines, double[] lengths, double negligible)
    {
        int k = lengths.Length;
        double[] sum = new double[k];
        bool projected = false;
        for (int i = 0; i < k; i++)
        {
            double[] overUnitRows = new double[k];
            overUnitRows[i] = lengths[i];
            for (int j = 0; j < k; j++)
            {
                double along = 0;
                for (int l = 0; l < k; l++)
                    along += cosines[j, l] * overUnitRows[l];
                if (j == i || along >= 0)
                    continue;
                overUnitRows[j] -= along;
                projected = true;
            }

            for (int j = 0; j < k; j++)
                sum[j] += overUnitRows[j];
        }

        return ([.. sum.Select((b, i) => b / lengths[i])], projected ? "projected" : "sum");
    }
}
