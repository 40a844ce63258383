using System.Text.Json;
using Unlearning.Engine.Directions;
using static Unlearning.Engine.Tests.Directions.DirectionFixtures;

namespace Unlearning.Engine.Tests.Directions;

/// <summary>Against directions computed in rational arithmetic, from Gram matrices summed in float64.</summary>
[Trait("Category", "Fixtures")]
public sealed class DirectionsMatchExactArithmetic
{
    private static readonly double[] FixtureWeights = [1, 0.5, 2, 0.25, 3];

    /// <remarks>
    /// The tolerance of ill-conditioned cases is the Gram form's own: eps times the condition number. For the three-row cases with
    /// two rows 1e-6 or 1e-8 apart that is more than 1e-7 of the longest row; there the Gram matrix itself, once rounded to float64,
    /// belongs to a direction that is off by 4e-6, 2e-6, 5e-3 and 4e-2, so that no rule that sees only this matrix could do better.
    /// </remarks>
    [SkippableTheory]
    [MemberData(nameof(Regular), MemberType = typeof(DirectionFixtures))]
    public void The_dual_space_of_the_paper_gives_the_exact_direction(string? name)
    {
        JsonElement c = Case(name);
        double condition = c.GetProperty("cond_cosine_matrix") is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : 0;
        JsonElement exact = Expected(c, "dual_space");
        DirectionReport report = Compare(c, exact, "dual_space_paper", Math.Max(1e-7, Math.Min(1, 2e-16 * condition) * Relative(c, exact)));

        if (WellConditioned(c))
            AssertSameWeights(exact.GetProperty("w").Vector(), report);
        Assert.All(report.JacobianProduct, (product, i) => Assert.True(product >= -1e-7 * report.Norms[i] * report.Norms.Max()));
    }

    [SkippableTheory]
    [MemberData(nameof(Regular), MemberType = typeof(DirectionFixtures))]
    public void The_robust_dual_space_is_that_of_the_paper_until_it_stalls(string? name)
    {
        JsonElement c = Case(name);
        double[,] gram = Gram(c.GetProperty("J").Rows());
        DirectionReport robust = Direction.Create("dual_space", new DirectionOptions()).Combine(gram, 0);
        DirectionReport paper = Direction.Create("dual_space_paper", new DirectionOptions()).Combine(gram, 0);
        if (robust.Branch is "agreement_mean")
            Compare(c, Expected(c, "mean"), "dual_space", 1e-13);
        else if (robust.Branch is "dual_cone")
            Compare(c, Expected(c, "upgrad"), "dual_space", 1e-7);
        else
            Assert.Equal((paper.Branch, string.Join(' ', paper.Weights)), (robust.Branch, string.Join(' ', robust.Weights)));
        if (WellConditioned(c) && c.GetProperty("conflict").GetBoolean())
            Assert.Equal(paper.Weights, robust.Weights);
    }

    [SkippableTheory]
    [MemberData(nameof(Regular), MemberType = typeof(DirectionFixtures))]
    public void Upgrad_gives_the_exact_direction(string? name)
    {
        JsonElement c = Case(name);
        JsonElement exact = Expected(c, "upgrad");
        DirectionReport report = Compare(c, exact, "upgrad", name!.EndsWith("1e-08", StringComparison.Ordinal) ? 1e-7 : 1e-9);

        if (WellConditioned(c) && exact.GetProperty("w_unique").GetBoolean())
            AssertSameWeights(exact.GetProperty("w").Vector(), report);
    }

    [SkippableTheory]
    [MemberData(nameof(Regular), MemberType = typeof(DirectionFixtures))]
    public void Pcgrad_gives_the_exact_direction(string? name)
    {
        JsonElement c = Case(name);
        Compare(c, c.GetProperty("pcgrad"), "pcgrad", 1e-9);
    }

    [SkippableTheory]
    [MemberData(nameof(Regular), MemberType = typeof(DirectionFixtures))]
    public void Min_norm_gives_the_exact_direction(string? name)
    {
        JsonElement c = Case(name);
        JsonElement exact = Expected(c, "min_norm");
        DirectionReport report = Compare(c, exact, "min_norm", name!.EndsWith("1e-08", StringComparison.Ordinal) ? 1e-7 : 1e-9);

        if (WellConditioned(c) && exact.GetProperty("weights_unique").GetBoolean())
            AssertSameWeights(exact.GetProperty("weights").Vector(), report);
    }

    [SkippableTheory]
    [MemberData(nameof(Regular), MemberType = typeof(DirectionFixtures))]
    public void Weighted_sum_gives_the_exact_direction(string? name)
    {
        JsonElement c = Case(name);
        double[] weights = FixtureWeights[..c.GetProperty("m").GetInt32()];
        DirectionReport report = Compare(c, c.GetProperty("weighted"), "weighted_sum", 1e-14, weights);
        Assert.Equal(weights, report.Weights);
    }

    [SkippableTheory]
    [MemberData(nameof(Regular), MemberType = typeof(DirectionFixtures))]
    public void Reports_measure_the_gradients_whatever_the_rule(string? name)
    {
        JsonElement c = Case(name);
        DirectionReport report = Direction.Create("weighted_sum", new DirectionOptions()).Combine(Gram(c.GetProperty("J").Rows()), 0);

        double[] norms = c.GetProperty("norms").Vector();
        int[] active = [.. c.GetProperty("active_rows").Vector().Select(i => (int)i)];
        JsonElement[][] cosines = [.. c.GetProperty("cosines").EnumerateArray().Select(row => row.EnumerateArray().ToArray())];
        for (int i = 0; i < norms.Length; i++)
        {
            Assert.Equal(norms[i], report.Norms[i], 1e-15 * norms[i]);
            Assert.Equal(active.Contains(i), report.Active[i]);
            for (int j = 0; j < norms.Length; j++)
                Assert.Equal(cosines[i][j].ValueKind == JsonValueKind.Null ? 0 : cosines[i][j].GetDouble(), report.Cosines[i, j], 1e-15);
        }

        JsonElement stationarity = c.GetProperty("min_norm_unit_rows");
        Assert.Equal(stationarity.ValueKind == JsonValueKind.Null ? 0 : stationarity.GetDouble(), report.Stationarity, 1e-8);
    }

    [SkippableTheory]
    [MemberData(nameof(Refused), MemberType = typeof(DirectionFixtures))]
    public void A_gradient_that_is_not_finite_is_refused_by_name(string? name)
    {
        JsonElement c = Case(name);
        int[] bad = [.. c.GetProperty("bad_rows").Vector().Select(i => (int)i)];
        string[] names = [.. Enumerable.Range(0, c.GetProperty("m").GetInt32()).Select(i => $"objective-{(char)('a' + i)}")];
        double[,] gram = Gram(c.GetProperty("J").Rows());

        foreach (string rule in Direction.Names)
        {
            IDirection direction = Direction.Create(rule, new DirectionOptions());
            NonFiniteGradientException refusal = Assert.Throws<NonFiniteGradientException>(() => direction.Combine(gram, 1e-12, names));
            Assert.Equal(bad, refusal.Rows);
            Assert.All(bad, i => Assert.Contains(names[i], refusal.Message, StringComparison.Ordinal));
        }
    }

    /// <summary>The record of the direction; where there are zero rows, the one over the active rows alone.</summary>
    private static JsonElement Expected(JsonElement c, string rule) =>
        (c.TryGetProperty("active_only", out JsonElement activeOnly) ? activeOnly : c).GetProperty(rule);

    private static bool WellConditioned(JsonElement c) => c.GetProperty("well_conditioned").GetBoolean();

    /// <summary>||d|| relative to the longest row.</summary>
    private static double Relative(JsonElement c, JsonElement exact) =>
        exact.GetProperty("norm").GetDouble() / Math.Max(c.GetProperty("norms").Vector().Max(), double.Epsilon);

    /// <remarks>The tolerance is that of ill-conditioned cases, relative to the longest row; others must be right to 1e-10 of ||d||.</remarks>
    private static DirectionReport Compare(JsonElement c, JsonElement exact, string rule, double tolerance, double[]? weights = null)
    {
        double[][] rows = c.GetProperty("J").Rows();
        DirectionReport report = Direction.Create(rule, new DirectionOptions { Weights = weights }).Combine(Gram(rows), 0);

        double[] expected = exact.GetProperty("d").Vector();
        double longest = report.Norms.Max();
        double allowed = WellConditioned(c) ? 1e-10 * Norm(expected) : tolerance * longest;
        double error = Distance(Combine(rows, report.Weights), expected);
        Assert.True(error <= allowed, $"d is off by {error:g3}, allowed {allowed:g3}");

        // The norm is a root: a square known to 1e-16 of the longest row leaves it known to 1e-8.
        Assert.Equal(Norm(expected), report.DirectionNorm, allowed + 2e-8 * rows.Length * longest);
        for (int i = 0; i < rows.Length; i++)
        {
            double product = rows[i].Zip(expected, (x, y) => x * y).Sum();
            Assert.Equal(product, report.JacobianProduct[i], (allowed + 1e-15 * longest) * report.Norms[i]);
        }

        return report;
    }

    private static void AssertSameWeights(double[] expected, DirectionReport report)
    {
        double scale = expected.Select((w, i) => Math.Abs(w) * report.Norms[i]).Max();
        Assert.All(expected, (w, i) => Assert.Equal(w, report.Weights[i], 1e-10 * scale / report.Norms[i]));
    }
}
