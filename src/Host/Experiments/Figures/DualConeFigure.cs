using ScottPlot;
using Unlearning.Host.Reports;
using PlotStyle = Unlearning.Host.Reports.PlotStyle;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>The dual cone of three gradients in space, shaded, with its edges and the update inside, drawn by a parallel projection.</summary>
internal static class DualConeFigure
{
    private const double EdgeLength = 1.25;

    /// <summary>Writes the figure.</summary>
    public static void Save(DualConeGeometry geometry, string path)
    {
        (Vector3 right, Vector3 up, Vector3 towards) = View(geometry);
        using Plot plot = new();
        Coordinates Project(Vector3 v) => new(v.Dot(right), v.Dot(up));
        Coordinates origin = new(0, 0);

        // A disc for the ground that the update stands on, so that the eye finds depth.
        Vector3 side = geometry.Update.Cross(right).Unit(), across = geometry.Update.Cross(side).Unit();
        Coordinates[] disc = [.. Enumerable.Range(0, 72).Select(i => i * Math.PI / 36)
            .Select(a => Project((Math.Cos(a) * side) + (Math.Sin(a) * across)))];
        ScottPlot.Plottables.Polygon ground = plot.Add.Polygon(disc);
        (ground.FillColor, ground.LineColor, ground.LineWidth) = (Colors.Black.WithAlpha(8), Colors.Black.WithAlpha(40), 1);

        // Far faces first; the one across the opening is the lid.
        Vector3[] edges = [.. geometry.Edges.Select(edge => EdgeLength * edge)];
        (int I, int J)[] faces = [(0, 1), (1, 2), (2, 0)];
        foreach ((int i, int j) in faces.OrderBy(face => (edges[face.I] + edges[face.J]).Dot(towards)))
        {
            ScottPlot.Plottables.Polygon face = plot.Add.Polygon([origin, Project(edges[i]), Project(edges[j])]);
            (face.FillColor, face.LineColor, face.LineWidth) = (PlotStyle.Colour(2).WithAlpha(55), PlotStyle.Colour(2).WithAlpha(120), 1);
        }

        ScottPlot.Plottables.Polygon lid = plot.Add.Polygon([.. edges.Select(Project)]);
        (lid.FillColor, lid.LineColor, lid.LineWidth) = (PlotStyle.Colour(2).WithAlpha(30), PlotStyle.Colour(2).WithAlpha(150), 1);
        for (int i = 0; i < 3; i++)
        {
            ScottPlot.Plottables.Scatter edge = plot.Add.ScatterLine((Coordinates[])[origin, Project(edges[i])], PlotStyle.Colour(2));
            (edge.LineWidth, edge.LinePattern) = (2.5f, LinePattern.Dashed);
            Label(plot, $"edge of {geometry.Names[i]}", Project(edges[i]), PlotStyle.Colour(2));
        }

        for (int i = 0; i < 3; i++)
        {
            Arrow(plot, Project(geometry.Gradients[i]), PlotStyle.Colour(i == 2 ? 3 : i), 3);
            Label(plot, $"g {geometry.Names[i]}", Project(geometry.Gradients[i]), PlotStyle.Colour(i == 2 ? 3 : i));
        }

        Arrow(plot, Project(geometry.Update), Colors.Black, 5);
        Label(plot, "d", Project(geometry.Update), Colors.Black);
        string update = geometry.IsInCone ? "the update inside it" : "an update outside it";
        plot.Title($"The dual cone of three gradients and {update} ({geometry.Source ?? "made-up angles"})");
        plot.Axes.SquareUnits();
        plot.HideGrid();
        PlotStyle.Finish(plot);
        plot.Layout.Frameless();
        plot.Axes.Title.IsVisible = true;
        plot.Layout.Fixed(new PixelPadding(20, 20, 20, 60));
        foreach (IAxis axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Right, plot.Axes.Top])
            axis.IsVisible = false;
        Coordinates[] all =
        [
            .. disc,
            .. edges.Select(edge => Project(1.15 * edge)),
            .. geometry.Gradients.Select(g => Project(1.2 * g)),
            Project(1.15 * geometry.Update),
        ];
        plot.Axes.SetLimits(all.Min(p => p.X) - 0.25, all.Max(p => p.X) + 0.25, all.Min(p => p.Y) - 0.3, all.Max(p => p.Y) + 0.05);
        ScottPlot.Plottables.Annotation note = plot.Add.Annotation(
            "Unit gradients g at their angles. In the cone x · g ≥ 0 for all three: a step along -x raises none.\n" + (geometry.IsStep
                ? "d is the step's own direction, before the optimiser scales it."
                : "d is the mean of the edges of these three, not the step's own direction."),
            Alignment.LowerCenter);
        (note.LabelFontName, note.LabelFontSize, note.LabelBackgroundColor, note.LabelBorderColor, note.LabelShadowColor) =
            (BundledFont.Name, 14, Colors.Transparent, Colors.Transparent, Colors.Transparent);
        plot.SavePng(path, PlotStyle.Width, PlotStyle.Height + 100);
    }

    /// <summary>Looks from a little above with the update upright, from the side where the arrows lie least on each other.</summary>
    private static (Vector3 Right, Vector3 Up, Vector3 Towards) View(DualConeGeometry geometry)
    {
        Vector3 upright = geometry.Update;
        Vector3 start = (geometry.Gradients[0] - (geometry.Gradients[0].Dot(upright) * upright)) is { Length: > 1e-6 } flat
            ? flat.Unit()
            : geometry.Edges[0].Cross(upright).Unit();
        Vector3 other = upright.Cross(start);
        Vector3[] drawn = [.. geometry.Gradients, .. geometry.Edges, geometry.Update];
        double[] elevations = [0.35, 0.5, 0.65];
        return elevations
            .SelectMany(elevation => Enumerable.Range(0, 120).Select(i => Frame(elevation, i * Math.PI / 60)))
            .MaxBy(frame => Clearance(frame.Right, frame.Up));

        (Vector3 Right, Vector3 Up, Vector3 Towards) Frame(double elevation, double azimuth)
        {
            Vector3 level = (Math.Cos(azimuth) * start) + (Math.Sin(azimuth) * other);
            Vector3 towards = (Math.Cos(elevation) * level) + (Math.Sin(elevation) * upright);
            Vector3 right = upright.Cross(towards).Unit();
            return (right, towards.Cross(right), towards);
        }

        double Clearance(Vector3 right, Vector3 up)
        {
            (double X, double Y)[] tips = [.. drawn.Select((v, i) => (i is >= 3 and < 6 ? EdgeLength : 1) * v).Select(v => (v.Dot(right), v.Dot(up)))];
            double least = double.PositiveInfinity;
            for (int i = 0; i < tips.Length; i++)
            {
                // An arrow that points at the eye is a dot.
                least = Math.Min(least, Math.Sqrt((tips[i].X * tips[i].X) + (tips[i].Y * tips[i].Y)));
                for (int j = 0; j < i; j++)
                {
                    // Neither tips nor shafts should lie on each other.
                    double apart = Math.Abs(Math.IEEERemainder(Math.Atan2(tips[i].Y, tips[i].X) - Math.Atan2(tips[j].Y, tips[j].X), 2 * Math.PI));
                    double distance = Math.Sqrt(Math.Pow(tips[i].X - tips[j].X, 2) + Math.Pow(tips[i].Y - tips[j].Y, 2));
                    least = Math.Min(least, Math.Min(distance, 1.5 * apart));
                }
            }

            return least;
        }
    }

    private static void Arrow(Plot plot, Coordinates tip, Color colour, float width)
    {
        ScottPlot.Plottables.Arrow arrow = plot.Add.Arrow(new Coordinates(0, 0), tip);
        arrow.ArrowFillColor = colour;
        arrow.ArrowLineWidth = 0;
        arrow.ArrowWidth = width;
        arrow.ArrowheadWidth = width * 4;
        arrow.ArrowheadLength = width * 5;
        arrow.ArrowheadAxisLength = width * 5;
    }

    /// <summary>Writes beyond the tip, on the side to which it points.</summary>
    private static void Label(Plot plot, string text, Coordinates tip, Color colour)
    {
        const float gap = 8;
        bool level = Math.Abs(tip.X) > Math.Abs(tip.Y);
        ScottPlot.Plottables.Text label = plot.Add.Text(text, tip);
        (label.LabelFontName, label.LabelFontSize, label.LabelFontColor) = (BundledFont.Name, 16, colour);

        // Lines may pass below it.
        label.LabelBackgroundColor = Colors.White.WithAlpha(0.7);
        (label.LabelAlignment, label.OffsetX, label.OffsetY) = (level, tip.X > 0, tip.Y > 0) switch
        {
            (true, true, _) => (Alignment.MiddleLeft, gap, 0f),
            (true, false, _) => (Alignment.MiddleRight, -gap, 0f),
            (false, _, true) => (Alignment.LowerCenter, 0f, -gap),
            _ => (Alignment.UpperCenter, 0f, gap),
        };
    }
}
