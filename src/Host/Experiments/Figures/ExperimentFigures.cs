using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Results;
using Unlearning.Host.Reports;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>All figures of an experiment.</summary>
internal static class ExperimentFigures
{
    /// <summary>Draws what the results allow.</summary>
    /// <param name="folder">Where the PNG files go; figures of an earlier report are deleted there.</param>
    /// <param name="results">The cells that are done.</param>
    /// <returns>The files' names, in the order of the report.</returns>
    public static IReadOnlyList<string> Save(string folder, IReadOnlyList<CellResult> results)
    {
        Directory.CreateDirectory(folder);
        foreach (string stale in Directory.EnumerateFiles(folder, "*.png"))
            File.Delete(stale);
        MethodSummary[] methods = [.. MethodSummary.Of(results).Where(method => method.Seeds > 0)];
        CellResult[] shown = [.. results.Where(result => result.Kind == CellKind.Result && result.Steps.Count > 0).DistinctBy(result => result.Method)];
        List<string> files = [];
        Draw("harm-utility.png", path => HarmUtilityFigure.Save(methods, path));
        Draw("durability.png", path => DurabilityFigure.Save(methods, path));
        Draw("successive.png", path => SuccessiveFigure.Save([.. methods.Select(method => method.Name)], results, path));
        Draw("gradient-norms.png", path => GradientNormsFigure.Save([.. methods.Select(method => method.Name)], shown, path));
        Draw("dual-cone.png", path => Always(() => DualConeFigure.Save(
            DualConeGeometry.From(shown.SelectMany(result => result.Steps.Select(step => (result.Method, step)))), path)));
        Draw("ce-uce.png", path => Always(() => CeUceFigure.Save(path)));
        foreach (CellResult result in shown)
        {
            Draw($"losses-{result.Method}.png", path => Always(() => StepPlots.SaveLosses(result.Steps, path)));
            if (result.Steps.Any(step => step.Cosines.Count > 0))
                Draw($"cosines-{result.Method}.png", path => Always(() => StepPlots.SaveCosines(result.Steps, path)));
        }

        return files;

        void Draw(string file, Func<string, bool> draw)
        {
            if (draw(Path.Combine(folder, file)))
                files.Add(file);
        }

        static bool Always(Action draw)
        {
            draw();
            return true;
        }
    }
}
