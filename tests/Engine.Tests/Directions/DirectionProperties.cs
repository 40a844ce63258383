using CsCheck;
using Unlearning.Engine.Directions;
using static Unlearning.Engine.Tests.Directions.DirectionFixtures;

namespace Unlearning.Engine.Tests.Directions;

public sealed class DirectionProperties
{
    private static readonly DirectionOptions Published = new();

    [Theory]
    [InlineData("dual_space")]
    [InlineData("dual_space_paper")]
    [InlineData("min_norm")]
    [InlineData("upgrad")]
    public void No_objective_ever_rises_to_first_order(string rule) => Gradients.Any.Sample(rows =>
    {
        DirectionReport report = Combine(rule, rows);
        double[] d = DirectionFixtures.Combine(rows, report.Weights);
        for (int i = 0; i < rows.Length; i++)
        {
            double rise = -(rule == "upgrad" ? 1e-5 : 1e-7) * report.Norms[i] * report.Norms.Max();
            Assert.True(rows[i].Zip(d, (x, y) => x * y).Sum() >= rise);
            Assert.True(report.JacobianProduct[i] >= rise);
        }
    });

    [Theory]
    [InlineData("dual_space")]
    [InlineData("min_norm")]
    [InlineData("dual_space_paper")]
    [InlineData("weighted_sum")]
    [InlineData("upgrad")]
    [InlineData("pcgrad")]
    public void The_report_describes_the_direction_that_its_weights_give(string rule) => Gradients.Any.Sample(rows =>
    {
        DirectionReport report = Combine(rule, rows);
        double[] d = DirectionFixtures.Combine(rows, report.Weights);
        double largest = report.Weights.Select((w, i) => Math.Abs(w) * report.Norms[i]).Max();
        Assert.All(report.Weights, w => Assert.True(double.IsFinite(w)));
        Assert.Equal(Norm(d), report.DirectionNorm, 1e-7 * largest);
        Assert.InRange(report.Stationarity, 0, 1 + 1e-12);
        for (int i = 0; i < rows.Length; i++)
            Assert.Equal(rows[i].Zip(d, (x, y) => x * y).Sum(), report.JacobianProduct[i], 1e-13 * largest * report.Norms[i]);
    });

    [Theory]
    [InlineData("dual_space")]
    [InlineData("dual_space_paper")]
    [InlineData("min_norm")]
    [InlineData("upgrad")]
    public void The_order_of_the_objectives_does_not_matter(string rule) =>
        Gen.Select(Gradients.WellConditioned, Gen.Int[1, 4]).Sample((rows, shift) =>
        {
            double[][] rotated = [.. rows.Skip(shift % rows.Length), .. rows.Take(shift % rows.Length)];
            double[] d = DirectionFixtures.Combine(rows, Combine(rule, rows).Weights);
            double[] after = DirectionFixtures.Combine(rotated, Combine(rule, rotated).Weights);
            Assert.True(Distance(d, after) <= 1e-10 * rows.Max(Norm));
        });

    [Theory]
    [InlineData("dual_space")]
    [InlineData("min_norm")]
    [InlineData("dual_space_paper")]
    [InlineData("weighted_sum")]
    [InlineData("upgrad")]
    [InlineData("pcgrad")]
    public void Scaling_every_gradient_alike_leaves_the_weights_as_they_are(string rule) =>
        Gen.Select(Gradients.Any, Gen.Int[-40, 40]).Sample((rows, exponent) =>
        {
            double[][] scaled = [.. rows.Select(row => row.Select(x => Math.ScaleB(x, exponent)).ToArray())];
            Assert.Equal(Combine(rule, rows).Weights, Combine(rule, scaled).Weights);
        });

    [Fact]
    public void The_dual_space_is_linear_in_each_gradient_of_its_own_edge() => Gradients.WellConditioned.Sample(rows =>
    {
        // Edge i has the length of gradient i times a sine, whatever the lengths of the others.
        double[] before = Combine("dual_space", rows).JacobianProduct;
        rows[0] = [.. rows[0].Select(x => 3 * x)];
        double[] after = Combine("dual_space", rows).JacobianProduct;
        Assert.Equal(9 * before[0], after[0], 1e-10);
        Assert.All(before.Skip(1).Zip(after.Skip(1)), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
    });

    [Fact]
    public void Min_norm_weights_are_on_the_simplex() => Gradients.Any.Sample(rows =>
    {
        DirectionReport report = Combine("min_norm", rows);
        Assert.All(report.Weights, w => Assert.True(w >= 0));
        Assert.Equal(report.Active.Contains(true) ? 1 : 0, report.Weights.Sum(), 1e-14);
        Assert.All(report.Weights.Zip(report.Active), pair => Assert.True(pair.Second || pair.First == 0));
    });

    [Fact]
    public void Walking_the_faces_finds_the_same_point_as_trying_them_all() => Gradients.Any.Sample(rows =>
    {
        double[][] active = [.. rows.Where(r => Norm(r) > 0)];
        if (active.Length == 0)
            return;
        GramMatrix gram = GramMatrix.From(Gram(active), 0, null);
        foreach (double[] lengths in new[] { gram.Norms, [.. gram.Norms.Select(_ => 1.0)] })
        {
            double all = ShortestPoint.Enumerate(gram.Cosines, lengths, GramMatrix.Resolution).Norm;
            double walked = ShortestPoint.Walk(gram.Cosines, lengths, GramMatrix.Resolution).Norm;

            // The generator piles near-dependence on near-dependence; plain rows agree to rounding.
            Assert.Equal(all, walked, 1e-5 * lengths.Max());
        }
    });

    [Fact]
    public void The_robust_dual_space_lowers_every_objective_unless_the_gradients_are_stationary() => Gradients.Any.Sample(rows =>
    {
        DirectionReport report = Combine("dual_space", rows);
        Assert.Contains(report.Branch, (string[])["single", "edges", "edges_rank_deficient", "agreement_mean", "dual_cone", "min_norm", "stationary", "inactive"]);
        if (report.Stationarity < 0.01)
            return;
        for (int i = 0; i < rows.Length; i++)
        {
            double rounding = 1e-14 * report.Norms[i] * report.Norms.Max();
            Assert.True(!report.Active[i] || report.JacobianProduct[i] > 1e-6 * report.Norms[i] * report.Norms[i] - rounding);
        }
    });

    [Fact]
    public void Upgrad_and_pcgrad_are_mean_and_sum_where_nothing_conflicts() => Gradients.WellConditioned.Sample(rows =>
    {
        double[][] positive = [.. rows.Select(row => row.Select(Math.Abs).ToArray())];
        Assert.All(Combine("upgrad", positive).Weights, w => Assert.Equal(1.0 / rows.Length, w, 1e-15));
        Assert.All(Combine("pcgrad", positive).Weights, w => Assert.Equal(1, w, 1e-15));
    });

    [Fact]
    public void Of_two_gradients_in_conflict_upgrad_pcgrad_and_the_dual_space_make_the_same() => Gradients.WellConditioned.Sample(rows =>
    {
        double[][] pair = rows[..2];
        if (pair[0].Zip(pair[1], (x, y) => x * y).Sum() > 0)
            pair[1] = [.. pair[1].Select(x => -x)];
        double[] upgrad = Combine("upgrad", pair).Weights, pcgrad = Combine("pcgrad", pair).Weights, dual = Combine("dual_space", pair).Weights;
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(upgrad[i], dual[i], 1e-12);
            Assert.Equal(upgrad[i], pcgrad[i] / 2, 1e-12);
        }
    });

    [Fact]
    public void Upgrad_projects_each_gradient_on_the_dual_cone() => Gradients.WellConditioned.Sample(rows =>
    {
        double[,] cosines = GramMatrix.From(Gram(rows), 0, null).Cosines;
        double[][] unit = [.. rows.Select(row => row.Select(x => x / Norm(row)).ToArray())];
        for (int i = 0; i < unit.Length; i++)
        {
            // The conditions of Karush, Kuhn and Tucker: in the cone, and only those are added that the projection neither helps nor harms.
            double[] a = DualCone.Enumerate(cosines, i, GramMatrix.Resolution);
            double[] projection = [.. unit[i].Zip(DirectionFixtures.Combine(unit, a), (x, y) => x + y)];
            for (int j = 0; j < unit.Length; j++)
            {
                double along = unit[j].Zip(projection, (x, y) => x * y).Sum();
                Assert.True(a[j] >= 0 && along >= -1e-12);
                Assert.True(a[j] == 0 || along <= 1e-12);
            }

            double[] walked = DualCone.Walk(cosines, i, GramMatrix.Resolution);
            Assert.True(Distance(projection, [.. unit[i].Zip(DirectionFixtures.Combine(unit, walked), (x, y) => x + y)]) <= 1e-10);
        }
    });

    [Fact]
    public void Min_norm_is_no_longer_than_its_projection_on_any_gradient() => Gradients.WellConditioned.Sample(rows =>
    {
        DirectionReport report = Combine("min_norm", rows);
        Assert.All(report.JacobianProduct, product => Assert.True(product >= report.DirectionNorm * report.DirectionNorm - 1e-10));
    });

    [Theory]
    [InlineData("dual_space")]
    [InlineData("min_norm")]
    [InlineData("dual_space_paper")]
    [InlineData("weighted_sum")]
    [InlineData("upgrad")]
    [InlineData("pcgrad")]
    public void With_gradients_brought_to_unit_norm_their_lengths_do_not_matter(string rule) =>
        Gen.Select(Gradients.WellConditioned, Gen.Int[-30, 30].Array[5]).Sample((rows, exponents) =>
        {
            DirectionOptions unit = new() { Normalize = GradientScaling.Unit };
            double[][] scaled = [.. rows.Select((row, i) => row.Select(x => Math.ScaleB(x, exponents[i])).ToArray())];
            double[] d = DirectionFixtures.Combine(rows, Combine(rule, rows, unit).Weights);
            double[] after = DirectionFixtures.Combine(scaled, Combine(rule, scaled, unit).Weights);
            Assert.True(Distance(d, after) <= 1e-10);
        });

    [Theory]
    [InlineData("dual_space")]
    [InlineData("dual_space_paper")]
    [InlineData("min_norm")]
    [InlineData("upgrad")]
    public void Any_number_of_objectives_is_taken(string rule)
    {
        Random random = new(20);
        double[][] rows = [.. Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, 200).Select(_ => random.NextDouble() - 0.5).ToArray())];
        DirectionReport report = Combine(rule, rows);
        Assert.True(report.DirectionNorm > 0);
        Assert.All(report.JacobianProduct, product => Assert.True(product >= 0));
        if (rule == "min_norm")
            Assert.All(report.JacobianProduct, product => Assert.True(product >= report.DirectionNorm * report.DirectionNorm * (1 - 1e-10)));
    }

    private static DirectionReport Combine(string rule, double[][] rows, DirectionOptions? options = null) =>
        Direction.Create(rule, options ?? Published).Combine(Gram(rows), 0);
}
