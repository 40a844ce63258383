using CsCheck;
using Unlearning.Host.Experiments.Figures;
using Unlearning.Host.Reports;

namespace Unlearning.Host.Tests.Experiments;

public sealed class DualConeGeometryTests
{
    private static readonly Gen<double> Cosine = Gen.Double[-0.95, 0.95];

    [Fact]
    public void The_drawn_gradients_have_their_angles_the_edges_touch_one_gradient_and_the_update_harms_none() =>
        Gen.Select(Cosine, Cosine, Cosine).Sample((a, b, c) =>
        {
            if (DualConeGeometry.Of(["f", "n", "r"], a, b, c) is not { } drawn)
                return;
            IReadOnlyList<Vector3> g = drawn.Gradients;
            Assert.Equal(a, g[0].Dot(g[1]), 9);
            Assert.Equal(b, g[0].Dot(g[2]), 9);
            Assert.Equal(c, g[1].Dot(g[2]), 9);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(1, g[i].Length, 9);
                Assert.True(drawn.Edges[i].Dot(g[i]) > 0);
                Assert.Equal(0, drawn.Edges[i].Dot(g[(i + 1) % 3]), 9);
                Assert.Equal(0, drawn.Edges[i].Dot(g[(i + 2) % 3]), 9);
                Assert.True(drawn.Update.Dot(g[i]) > 0);
            }
        });

    [Fact]
    public void The_step_that_conflicts_most_is_drawn_and_made_up_angles_only_where_there_is_none()
    {
        StepRecord calm = Step(1, 0.1), torn = Step(2, -0.5), flat = Step(3, -0.999);
        Assert.Equal("m, step 2", DualConeGeometry.From([("m", calm), ("m", torn), ("m", flat)]).Source);
        Assert.Null(DualConeGeometry.From([("m", flat)]).Source);
        Assert.Null(DualConeGeometry.From([]).Source);
    }

    [Fact]
    public void The_update_is_the_steps_own_where_three_objectives_made_it_and_else_is_called_the_mean()
    {
        StepRecord five = Step(1, -0.5);
        Assert.False(DualConeGeometry.From([("m", five)]).IsStep);

        StepRecord three = Step(2, -0.2) with
        {
            Losses = new Dictionary<string, double> { ["forget"] = 1, ["normal"] = 1, ["retain"] = 1 },
            Weights = new Dictionary<string, double> { ["forget"] = 2, ["normal"] = 0.5, ["retain"] = 0 },
            GradientNorms = new Dictionary<string, double> { ["forget"] = 0.5, ["normal"] = 4, ["retain"] = 9 },
        };
        DualConeGeometry drawn = DualConeGeometry.From([("m", five), ("m", three)]);
        Assert.Equal(("m, step 2", true, true), (drawn.Source, drawn.IsStep, drawn.IsInCone));
        Vector3 expected = (drawn.Gradients[0] + (2 * drawn.Gradients[1])).Unit();
        Assert.Equal(1, expected.Dot(drawn.Update), 12);

        StepRecord still = three with { Weights = new Dictionary<string, double> { ["forget"] = 0, ["normal"] = 0, ["retain"] = 0 } };
        Assert.False(DualConeGeometry.From([("m", still)]).IsStep);
        StepRecord outside = three with { Weights = new Dictionary<string, double> { ["forget"] = -2, ["normal"] = 0.5, ["retain"] = 0 } };
        Assert.False(DualConeGeometry.From([("m", outside)]).IsInCone);
    }

    private static StepRecord Step(int step, double cosine) => new()
    {
        Step = step,
        Losses = new Dictionary<string, double> { ["forget"] = 1, ["normal"] = 1, ["retain"] = 1, ["refuse"] = 1 },
        Cosines = new Dictionary<string, double> { ["forget/normal"] = cosine, ["forget/retain"] = 0.1, ["normal/retain"] = 0.2 },
        DirectionNorm = 1,
        Branch = "edges",
    };
}
