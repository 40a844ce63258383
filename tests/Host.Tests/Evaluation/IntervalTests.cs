using CsCheck;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class IntervalTests
{
    [Theory]
    [InlineData(0, 10, 0.0, 0.277533)]
    [InlineData(5, 10, 0.236593, 0.763407)]
    [InlineData(81, 263, 0.255289, 0.366205)] // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3: 0.2553 to 0.3662.
    [InlineData(15, 148, 0.062386, 0.160487)] // The same table: 0.0624 to 0.1605.
    public void Wilson_gives_the_published_intervals(int successes, int n, double low, double high)
    {
        Estimate estimate = WilsonInterval.Of(successes, n);
        Assert.Equal(low, estimate.Low, 5e-5);
        Assert.Equal(high, estimate.High, 5e-5);
    }

    [Fact]
    public void Wilson_is_symmetric_ordered_and_within_zero_and_one() =>
        Gen.Int[1, 400].SelectMany(n => Gen.Int[0, n].Select(x => (x, n))).Sample(pair =>
        {
            Estimate estimate = WilsonInterval.Of(pair.x, pair.n);
            Estimate mirrored = WilsonInterval.Of(pair.n - pair.x, pair.n);
            Assert.InRange(estimate.Low, 0.0, estimate.Value);
            Assert.InRange(estimate.High, estimate.Value, 1.0);
            Assert.Equal(1.0 - estimate.High, mirrored.Low, 1e-12);
        });

    [Theory]
    [InlineData(0, 0, 50, -0.0713476, 0.0713476)] // With no discordant pair the ends are z^2 / (n + z^2).
    [InlineData(0, 0, 80, -0.045818, 0.045818)]
    public void Tango_keeps_a_width_when_nothing_changed(int b, int c, int n, double low, double high)
    {
        Estimate estimate = TangoInterval.Of(b, c, n);
        Assert.Equal(low, estimate.Low, 1e-6);
        Assert.Equal(high, estimate.High, 1e-6);
    }

    [Fact]
    public void Tango_holds_exactly_the_differences_whose_score_is_not_rejected() =>
        Gen.Int[2, 200].SelectMany(n => Gen.Int[0, n].SelectMany(b => Gen.Int[0, n - b].Select(c => (b, c, n)))).Sample(data =>
        {
            Estimate estimate = TangoInterval.Of(data.b, data.c, data.n);
            Assert.InRange(estimate.Value, estimate.Low, estimate.High);
            if (estimate.Low > -1 + 1e-9)
            {
                Assert.Equal(NormalDistribution.TwoSided95, ScoreByMaximisation(data.b, data.c, data.n, estimate.Low), 1e-3);
            }

            if (estimate.High < 1 - 1e-9)
            {
                Assert.Equal(-NormalDistribution.TwoSided95, ScoreByMaximisation(data.b, data.c, data.n, estimate.High), 1e-3);
            }
        });

    [Fact]
    public void Tango_changes_sign_when_baseline_and_candidate_change_places() =>
        Gen.Int[1, 300].SelectMany(n => Gen.Int[0, n].SelectMany(b => Gen.Int[0, n - b].Select(c => (b, c, n)))).Sample(data =>
        {
            Estimate one = TangoInterval.Of(data.b, data.c, data.n);
            Estimate other = TangoInterval.Of(data.c, data.b, data.n);
            Assert.Equal(one.Low, -other.High, 1e-9);
            Assert.Equal(one.High, -other.Low, 1e-9);
        });

    [Theory]
    [InlineData(120, 0.35, 0.1, 0.95, 0.93, 0.975)]
    [InlineData(80, 0.02, 0.08, 0.95, 0.93, 0.975)]
    [InlineData(200, 0.02, 0.02, 0.95, 0.93, 0.975)]
    [InlineData(120, 0.35, 0.1, 0.975, 0.965, 0.985)]
    [InlineData(200, 0.02, 0.02, 0.975, 0.965, 0.99)]
    public void Tango_covers_the_true_difference_as_often_as_its_level_says(
        int n, double onlyBaseline, double onlyCandidate, double confidence, double least, double most)
    {
        SplitMix random = new(7);
        double truth = onlyCandidate - onlyBaseline;
        const int experiments = 4000;
        int covered = 0;
        for (int i = 0; i < experiments; i++)
        {
            int b = 0;
            int c = 0;
            for (int j = 0; j < n; j++)
            {
                double u = random.NextDouble();
                b += u < onlyCandidate ? 1 : 0;
                c += u >= onlyCandidate && u < onlyCandidate + onlyBaseline ? 1 : 0;
            }

            Estimate estimate = TangoInterval.Of(b, c, n, confidence);
            covered += estimate.Low <= truth && truth <= estimate.High ? 1 : 0;
        }

        Assert.InRange((double)covered / experiments, least, most);
    }

    [Theory]
    [InlineData(20, 0.95, 0.90, 0.985)]
    [InlineData(48, 0.95, 0.90, 0.985)]
    [InlineData(120, 0.95, 0.90, 0.985)]
    [InlineData(48, 0.975, 0.93, 0.995)]
    public void Bootstrap_covers_the_true_mean_of_skewed_numbers_about_as_often_as_its_level_says(int n, double confidence, double least, double most)
    {
        // Exponential numbers are far more skewed than any paired difference here.
        SplitMix random = new(11);
        const int experiments = 300;
        int covered = 0;
        for (int i = 0; i < experiments; i++)
        {
            double[] values = new double[n];
            for (int j = 0; j < n; j++)
            {
                values[j] = -Math.Log(1.0 - random.NextDouble());
            }

            Estimate estimate = BootstrapInterval.OfMean(values, i, confidence);
            covered += estimate.Low <= 1.0 && 1.0 <= estimate.High ? 1 : 0;
        }

        Assert.InRange((double)covered / experiments, least, most);
    }

    [Fact]
    public void Bootstrap_is_decided_by_its_seed()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))];
        Assert.Equal(BootstrapInterval.OfMean(values, 3), BootstrapInterval.OfMean(values, 3));
        Assert.NotEqual(BootstrapInterval.OfMean(values, 3), BootstrapInterval.OfMean(values, 4));
    }

    [Fact]
    public void Bootstrap_is_about_as_wide_as_the_t_interval_on_normal_looking_numbers()
    {
        double[] values = [.. Enumerable.Range(1, 49).Select(i => InverseNormal(i / 50.0))];
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        double half = 2.0106 * deviation / 7.0; // t with 48 degrees of freedom.
        Estimate estimate = BootstrapInterval.OfMean(values, 1);
        Assert.Equal(2 * half, estimate.High - estimate.Low, 0.05 * half);
    }

    [Fact]
    public void Nothing_measured_is_not_a_number_and_one_prompt_has_no_bounds()
    {
        Assert.Equal(Estimate.None, BootstrapInterval.OfMean([], 1));
        Assert.Equal(Estimate.None, WilsonInterval.Of(0, 0));
        Assert.Equal(Estimate.None, TangoInterval.Of(0, 0, 0));
        Assert.True(double.IsNegativeInfinity(BootstrapInterval.OfMean([1.0], 1).Low));
        Assert.True(double.IsNaN(BootstrapInterval.OfMean([1.0, double.NaN, 2.0], 1).Value));
    }

    [Theory]
    [InlineData(0.0, 0.5)]
    [InlineData(1.0, 0.841344746068543)]
    [InlineData(-1.959963984540054, 0.025)]
    [InlineData(-4.0, 3.16712418331199e-5)]
    [InlineData(3.6, 0.999840891409842)]
    public void The_normal_distribution_agrees_with_tables(double x, double expected) =>
        Assert.Equal(expected, NormalDistribution.Cumulative(x), 1e-12);

    [Theory]
    [InlineData(0.95, 1.959963984540054)]
    [InlineData(0.975, 2.241402727604947)]
    [InlineData(0.99, 2.575829303548901)]
    [InlineData(0.5, 0.674489750196082)]
    public void The_points_of_the_normal_distribution_agree_with_tables(double confidence, double expected) =>
        Assert.Equal(expected, NormalDistribution.TwoSided(confidence), 1e-9);

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(95.0)]
    [InlineData(double.NaN)]
    public void A_level_that_is_none_is_refused(double confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WilsonInterval.Of(1, 2, confidence));

    [Fact]
    public void A_higher_level_never_gives_a_narrower_interval() =>
        Gen.Int[2, 200].SelectMany(n => Gen.Int[0, n].SelectMany(b => Gen.Int[0, n - b].Select(c => (b, c, n)))).Sample(data =>
        {
            (Estimate Narrow, Estimate Wide)[] pairs =
            [
                (TangoInterval.Of(data.b, data.c, data.n), TangoInterval.Of(data.b, data.c, data.n, ConfidenceLevel.OfTwoLooks)),
                (WilsonInterval.Of(data.b, data.n), WilsonInterval.Of(data.b, data.n, ConfidenceLevel.OfTwoLooks)),
            ];
            Assert.All(pairs, pair =>
            {
                Assert.Equal((pair.Narrow.Value, pair.Narrow.N), (pair.Wide.Value, pair.Wide.N));
                Assert.InRange(pair.Wide.Low, -1, pair.Narrow.Low);
                Assert.InRange(pair.Wide.High, pair.Narrow.High, 1);
            });
        });

    [Theory]
    [InlineData(5, 0.95, 2.570582)]
    [InlineData(19, 0.95, 2.093024)]
    [InlineData(47, 0.95, 2.011741)]
    [InlineData(119, 0.95, 1.980100)]
    [InlineData(19, 0.975, 2.433440)]
    [InlineData(119, 0.975, 2.270117)]
    public void The_t_distribution_agrees_with_tables(int degrees, double confidence, double expected) =>
        Assert.Equal(expected, StudentDistribution.TwoSided(degrees, confidence), 2e-3);

    /// <summary>Tango's score with the nuisance parameter found by search in the multinomial likelihood, not by the paper's closed
    /// form.</summary>
    private static double ScoreByMaximisation(int b, int c, int n, double difference)
    {
        double LogLikelihood(double q) =>
            Term(b, q + difference) + Term(c, q) + Term(n - b - c, 1 - (2 * q) - difference);
        double low = Math.Max(0, -difference);
        double high = (1 - difference) / 2;
        for (int i = 0; i < 200; i++)
        {
            double third = (high - low) / 3;
            (low, high) = LogLikelihood(low + third) < LogLikelihood(high - third) ? (low + third, high) : (low, high - third);
        }

        double best = 0.5 * (low + high);
        double variance = n * ((2 * best) + (difference * (1 - difference)));
        return (b - c - (n * difference)) / Math.Sqrt(variance);
    }

    private static double Term(int count, double probability) =>
        count == 0 ? 0.0 : probability <= 0 ? double.NegativeInfinity : count * Math.Log(probability);

    private static double InverseNormal(double p)
    {
        double low = -8;
        double high = 8;
        for (int i = 0; i < 80; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = NormalDistribution.Cumulative(middle) < p ? (middle, high) : (low, middle);
        }

        return low;
    }
}
