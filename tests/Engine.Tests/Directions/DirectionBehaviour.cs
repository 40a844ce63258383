using Unlearning.Engine.Directions;

namespace Unlearning.Engine.Tests.Directions;

public sealed class DirectionBehaviour
{
    private static readonly double[,] Parallel = { { 1, 2, 0 }, { 2, 4, 0 }, { 0, 0, 9 } };
    private static readonly double[,] Conflicting = { { 1, -0.5 }, { -0.5, 1 } };

    /// <summary>The first step of a run in float32: the KL gradient should be zero, and is noise 7e-8 as long as the longest.</summary>
    private static readonly double[,] FirstStep = { { 9, 1e-7, -3 }, { 1e-7, 4.4e-14, 1e-7 }, { -3, 1e-7, 4 } };

    [Theory]
    [InlineData("dual_space")]
    [InlineData("dual_space_paper")]
    [InlineData("min_norm")]
    [InlineData("upgrad")]
    [InlineData("pcgrad")]
    public void A_gradient_of_rounding_noise_is_left_out(string rule)
    {
        DirectionReport report = Create(rule).Combine(FirstStep, 1e-6);
        DirectionReport without = Create(rule).Combine(new double[,] { { 9, -3 }, { -3, 4 } }, 1e-6);

        Assert.Equal([true, false, true], report.Active);
        Assert.Equal([without.Weights[0], 0, without.Weights[1]], report.Weights);
        Assert.Equal(without.DirectionNorm, report.DirectionNorm);
        Assert.Equal(without.Stationarity, report.Stationarity);
    }

    [Fact]
    public void The_dual_space_divides_by_the_active_objectives()
    {
        DirectionReport report = Create("dual_space").Combine(new double[,] { { 4, 0 }, { 0, 0 } }, 1e-12);
        Assert.Equal("single", report.Branch);
        Assert.Equal([1, 0], report.Weights);
    }

    [Fact]
    public void Weights_of_a_sum_stay_with_inactive_gradients()
    {
        Assert.Equal([1, 1, 1], Create("weighted_sum").Combine(FirstStep, 1e-6).Weights);
    }

    [Theory]
    [InlineData("dual_space")]
    [InlineData("dual_space_paper")]
    [InlineData("min_norm")]
    [InlineData("upgrad")]
    [InlineData("pcgrad")]
    public void Without_any_gradient_nothing_moves(string rule)
    {
        DirectionReport report = Create(rule).Combine(new double[3, 3], 1e-12);
        Assert.Equal("inactive", report.Branch);
        Assert.Equal(0, report.DirectionNorm);
        Assert.Equal(0, report.Stationarity);
        Assert.All(report.Weights, w => Assert.Equal(0, w));
    }

    [Fact]
    public void Parallel_gradients_stall_the_dual_space_of_the_paper_and_not_the_robust_one()
    {
        DirectionReport paper = Create("dual_space_paper").Combine(Parallel, 0);
        Assert.Equal("edges_rank_deficient", paper.Branch);
        Assert.Equal([0, 0, 1.0 / 3], paper.Weights);

        DirectionReport robust = Create("dual_space").Combine(Parallel, 0);
        Assert.Equal("agreement_mean", robust.Branch);
        Assert.All(robust.Weights, w => Assert.Equal(1.0 / 3, w));
        Assert.All(robust.JacobianProduct, product => Assert.True(product > 0));
    }

    [Fact]
    public void The_robust_dual_space_is_that_of_the_paper_where_nothing_stalls_or_nothing_can_move()
    {
        foreach (double[,] gram in new[] { Conflicting, new double[,] { { 1, -1, 0 }, { -1, 1, 0 }, { 0, 0, 1 } }, new double[,] { { 1, 0.5 }, { 0.5, 1 } } })
        {
            DirectionReport paper = Create("dual_space_paper").Combine(gram, 0);
            DirectionReport robust = Create("dual_space").Combine(gram, 0);
            Assert.Equal(paper.Branch, robust.Branch);
            Assert.Equal(paper.Weights, robust.Weights);
        }
    }

    [Fact]
    public void Parallel_gradients_in_conflict_with_a_third_still_move()
    {
        double[,] gram = { { 1, 1, -0.5 }, { 1, 1, -0.5 }, { -0.5, -0.5, 1 } };
        DirectionReport paper = Create("dual_space_paper").Combine(gram, 0);
        Assert.Equal(0, paper.JacobianProduct[0], 1e-15);
        Assert.Equal(0, paper.JacobianProduct[1], 1e-15);

        DirectionReport robust = Create("dual_space").Combine(gram, 0);
        Assert.Equal("dual_cone", robust.Branch);
        Assert.Equal(Create("upgrad").Combine(gram, 0).Weights, robust.Weights);
        Assert.All(robust.JacobianProduct, product => Assert.True(product > 0.1));
    }

    [Fact]
    public void A_direction_that_fails_the_check_gives_way_and_at_last_nothing_moves()
    {
        // Gram matrices with noise far above float64's are those of no gradients, and the formulas need not keep their promise on them.
        Random random = new(1);
        Dictionary<string, int> branches = [];
        for (int round = 0; round < 4000; round++)
        {
            double noise = 5 * Math.Pow(10, -random.Next(13));
            int columns = random.Next(1, 4);
            double[][] rows = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, columns).Select(_ => random.Next(1, 4) * (random.Next(2) - 0.5)).ToArray())];
            double[,] gram = DirectionFixtures.Gram(rows);
            for (int i = 0; i < 4; i++)
            {
                for (int j = 0; j < i; j++)
                    gram[i, j] = gram[j, i] = gram[i, j] + noise * (random.NextDouble() - 0.5);
            }

            DirectionReport report = Create("dual_space").Combine(gram, 1e-6);
            branches[report.Branch] = branches.GetValueOrDefault(report.Branch) + 1;
            double parts = report.Weights.Select((w, i) => Math.Abs(w) * report.Norms[i]).Sum();
            Assert.All(report.JacobianProduct, (product, i) =>
                Assert.True(product >= -report.Norms[i] * (2e-9 * report.DirectionNorm + 1e-14 * parts)));
        }

        Assert.All(["edges_rank_deficient", "dual_cone", "stationary"], branch => Assert.True(branches.GetValueOrDefault(branch) > 0, $"{branch} of {string.Join(", ", branches)}"));
    }

    [Fact]
    public void Where_the_dual_cone_would_harm_the_shortest_point_is_taken_and_without_one_nothing_moves()
    {
        double[,] cosines = { { 1, -0.5 }, { -0.5, 1 } };
        double[] lengths = [1, 2], harmful = [1, -1];
        (double[] weights, string branch) = DualSpace.Fallback(cosines, lengths, 1e-12, harmful, stalled: false);
        Assert.Equal("min_norm", branch);

        // Over gradients, as min-norm itself has them.
        double[] shortest = Create("min_norm").Combine(new double[,] { { 1, -1 }, { -1, 4 } }, 0).Weights;
        Assert.Equal(shortest[0], weights[0] / lengths[0], 1e-12);
        Assert.Equal(shortest[1], weights[1] / lengths[1], 1e-12);

        (weights, branch) = DualSpace.Fallback(new double[,] { { 1, -1 }, { -1, 1 } }, [1, 1], 1e-12, harmful, stalled: false);
        Assert.Equal(("stationary", 0, 0), (branch, weights[0], weights[1]));
        Assert.Equal("dual_cone", DualSpace.Fallback(cosines, lengths, 1e-12, [1, 1], stalled: false).Branch);
    }

    [Fact]
    public void Rescaling_brings_the_direction_to_its_target()
    {
        double[,] gram = { { 4, -1 }, { -1, 16 } };
        Assert.Equal(1, Create("dual_space", new() { Rescale = DirectionRescale.Unit }).Combine(gram, 0).DirectionNorm, 1e-14);
        Assert.Equal(3, Create("dual_space", new() { Rescale = DirectionRescale.MeanNorm }).Combine(gram, 0).DirectionNorm, 1e-14);
        Assert.Equal(3, Create("min_norm", new() { Rescale = DirectionRescale.MeanNorm, Normalize = GradientScaling.Unit }).Combine(gram, 0).DirectionNorm, 1e-14);
    }

    [Fact]
    public void Rescaling_does_not_make_a_full_step_of_a_direction_that_almost_vanished()
    {
        double cosine = 1 - 1e-9;
        DirectionOptions options = new() { Rescale = DirectionRescale.Unit, RescaleCap = 10 };
        double plain = Create("dual_space_paper").Combine(new[,] { { 1, cosine }, { cosine, 1 } }, 0).DirectionNorm;
        Assert.Equal(10 * plain, Create("dual_space_paper", options).Combine(new[,] { { 1, cosine }, { cosine, 1 } }, 0).DirectionNorm, 1e-12);
    }

    [Fact]
    public void Normalising_to_the_mean_norm_keeps_the_size_of_the_gradients()
    {
        double[,] gram = { { 1, 0 }, { 0, 9 } };
        DirectionReport report = Create("weighted_sum", new() { Normalize = GradientScaling.MeanNorm }).Combine(gram, 0);
        Assert.Equal([2, 2.0 / 3], report.Weights);
        Assert.Equal(2 * Math.Sqrt(2), report.DirectionNorm, 1e-14);
    }

    [Fact]
    public void A_preference_lengthens_its_own_edge_of_the_dual_space_and_no_other()
    {
        double[,] gram = { { 4, -1, 0.5 }, { -1, 9, -2 }, { 0.5, -2, 1 } };
        DirectionOptions unit = new() { Normalize = GradientScaling.Unit };
        DirectionReport plain = Create("dual_space", unit).Combine(gram, 0);
        DirectionReport preferred = Create("dual_space", unit with { Preferences = [3, 1, 1] }).Combine(gram, 0);
        Assert.Equal(3 * plain.JacobianProduct[0], preferred.JacobianProduct[0], 1e-14);
        Assert.Equal(plain.JacobianProduct[1], preferred.JacobianProduct[1], 1e-14);
        Assert.Equal(plain.JacobianProduct[2], preferred.JacobianProduct[2], 1e-14);
    }

    [Fact]
    public void Stationarity_does_not_depend_on_the_lengths_of_the_gradients()
    {
        double[,] longer = { { 1e12, -0.5e6 }, { -0.5e6, 1 } };
        Assert.Equal(0.5, Create("dual_space").Combine(Conflicting, 0).Stationarity, 1e-14);
        Assert.Equal(0.5, Create("dual_space").Combine(longer, 0).Stationarity, 1e-14);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest_and_all_known_ones()
    {
        string message = Assert.Throws<ArgumentException>(() => Direction.Create("dualspace", new())).Message;
        Assert.Contains("Did you mean 'dual_space'?", message, StringComparison.Ordinal);
        Assert.All(Direction.Names, name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_direction_without_the_constructor_that_is_called_is_named() =>
        Assert.Contains(
            $"{typeof(Gradients).FullName} has no public constructor that takes DirectionOptions alone",
            Assert.Throws<MissingMethodException>(() => Direction.ConstructorOf(typeof(Gradients))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void What_is_no_gram_matrix_is_refused()
    {
        IDirection direction = Create("dual_space");
        Assert.Throws<ArgumentException>(() => direction.Combine(new double[0, 0], 0));
        Assert.Throws<ArgumentException>(() => direction.Combine(new double[2, 3], 0));
        Assert.Throws<ArgumentException>(() => direction.Combine(new double[,] { { -1 } }, 0));
        Assert.Throws<ArgumentException>(() => direction.Combine(new double[2, 2], 0, ["one"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => direction.Combine(new double[2, 2], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => direction.Combine(new double[2, 2], 1));
    }

    [Fact]
    public void An_overflow_between_two_gradients_names_both()
    {
        NonFiniteGradientException refusal = Assert.Throws<NonFiniteGradientException>(
            () => Create("min_norm").Combine(new[,] { { 1, 0, 0 }, { 0, 1, double.NaN }, { 0, double.NaN, 1 } }, 0, ["forget", "normal", "retain"]));
        Assert.Equal([1, 2], refusal.Rows);
        Assert.Contains("objective 1 (normal) and objective 2 (retain)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Create("dual_space", new() { RescaleCap = 0.5 }));
        Assert.Throws<ArgumentException>(() => Create("weighted_sum", new() { Weights = [1, double.NaN] }));
        Assert.Throws<ArgumentException>(() => Create("dual_space", new() { Rescale = (DirectionRescale)7 }));
        Assert.Throws<ArgumentException>(() => Create("weighted_sum", new() { Weights = [1] }).Combine(Conflicting, 0));
        Assert.Throws<ArgumentException>(() => Create("dual_space", new() { Preferences = [1, 0] }));
        Assert.Throws<ArgumentException>(() => Create("dual_space", new() { Preferences = [1, double.PositiveInfinity] }));
        Assert.Throws<ArgumentException>(() => Create("dual_space", new() { Preferences = [1] }).Combine(Conflicting, 0));
    }

    private static IDirection Create(string name, DirectionOptions? options = null) => Direction.Create(name, options ?? new DirectionOptions());
}
