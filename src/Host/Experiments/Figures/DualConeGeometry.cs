using Unlearning.Host.Reports;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>Three unit gradients as vectors in space that have their true angles, the edges of their dual cone, and the update in it.</summary>
/// <param name="Names">Names of the gradients.</param>
/// <param name="Gradients">Unit vectors.</param>
/// <param name="Edges">Unit vectors along the edges: each is one gradient less its projection on the span of the others.</param>
/// <param name="Update">Unit vector along the step's own direction where that is a sum of these three gradients alone, else along the mean of the edges.</param>
/// <param name="Source">The step that the angles are of; null for made-up ones.</param>
/// <param name="IsStep">Whether <paramref name="Update"/> is the step's own direction.</param>
internal sealed record DualConeGeometry(
    IReadOnlyList<string> Names, IReadOnlyList<Vector3> Gradients, IReadOnlyList<Vector3> Edges, Vector3 Update, string? Source, bool IsStep)
{
    /// <summary>Whether a step along the update raises none of the three to first order.</summary>
    public bool IsInCone => Gradients.All(gradient => gradient.Dot(Update) >= -1e-9);

    // Below this a gradient is so nearly in the plane of the others that the cone is a sliver.
    private const double LeastHeight = 0.15;

    private static readonly string[] Wanted = ["forget", "normal", "retain"];

    /// <summary>The geometry of three gradients by the cosines of their angles; null where they lie (nearly) in a plane.</summary>
    /// <param name="names">Names of the gradients.</param>
    /// <param name="cosine01">Of the first and the second.</param>
    /// <param name="cosine02">Of the first and the third.</param>
    /// <param name="cosine12">Of the second and the third.</param>
    /// <param name="source">The step that they are of.</param>
    /// <param name="parts">The step's direction as a sum of the three unit gradients; null where it is not known or has other parts.</param>
    public static DualConeGeometry? Of(
        IReadOnlyList<string> names, double cosine01, double cosine02, double cosine12, string? source = null, IReadOnlyList<double>? parts = null)
    {
        // Cholesky's factor of the matrix of cosines: its rows are unit vectors with these cosines.
        double sine01 = Math.Sqrt(1 - (cosine01 * cosine01));
        double y = (cosine12 - (cosine01 * cosine02)) / sine01;
        double square = 1 - (cosine02 * cosine02) - (y * y);
        if (!(square > LeastHeight * LeastHeight) || !(sine01 > LeastHeight))
            return null;
        Vector3[] g = [new(1, 0, 0), new(cosine01, sine01, 0), new(cosine02, y, Math.Sqrt(square))];
        Vector3[] edges = [.. Enumerable.Range(0, 3).Select(i =>
        {
            Vector3 normal = g[(i + 1) % 3].Cross(g[(i + 2) % 3]).Unit();
            return g[i].Dot(normal) * normal;
        })];
        Vector3? step = parts is null ? null : (parts[0] * g[0]) + (parts[1] * g[1]) + (parts[2] * g[2]);
        bool isStep = step is { Length: > 0 };
        return new DualConeGeometry(
            names, g, [.. edges.Select(edge => edge.Unit())], (isStep ? step!.Value : edges[0] + edges[1] + edges[2]).Unit(), source, isStep);
    }

    /// <summary>
    /// Of the recorded step whose three gradients (forget, normal, retain, or the first three objectives) conflict most; made-up angles
    /// where no step has three that stand apart. Steps that a dual space took come first, and of these the ones with no other objective, whose own
    /// direction lies in this space.
    /// </summary>
    /// <param name="steps">Steps with the name of their method.</param>
    public static DualConeGeometry From(IEnumerable<(string Method, StepRecord Step)> steps) =>
        steps.Select(step => (step.Step, step.Method, Names: Three(step.Step)))
            .Where(step => step.Names is not null)
            .Select(step => (
                Cosines: Cosines(step.Step, step.Names!),
                step.Names,
                Parts: Parts(step.Step, step.Names!),
                Source: $"{step.Method}, step {step.Step.Step}",
                InDualSpace: step.Step.Branch.StartsWith("edges", StringComparison.Ordinal)))
            .Where(step => step.Cosines.All(double.IsFinite))
            .OrderByDescending(step => step.InDualSpace).ThenByDescending(step => step.Parts is not null).ThenBy(step => step.Cosines.Min())
            .Select(step => Of(step.Names!, step.Cosines[0], step.Cosines[1], step.Cosines[2], step.Source, step.Parts))
            .FirstOrDefault(geometry => geometry is not null)
            ?? Of(Wanted, -0.35, -0.25, 0.15)!;

    private static string[]? Three(StepRecord step)
    {
        string[] names = [.. step.Losses.Keys];
        return Wanted.All(names.Contains) ? Wanted : names.Length >= 3 ? names[..3] : null;
    }

    /// <summary>The step's direction is the sum of weight times gradient; null where others than these three are in it, or it was not recorded.</summary>
    private static double[]? Parts(StepRecord step, string[] names)
    {
        if (step.Losses.Count != names.Length || !names.All(name => step.Weights.ContainsKey(name) && step.GradientNorms.ContainsKey(name)))
            return null;
        double[] parts = [.. names.Select(name => step.Weights[name] * step.GradientNorms[name])];
        return parts.All(double.IsFinite) ? parts : null;
    }

    private static double[] Cosines(StepRecord step, string[] names) =>
        [Cosine(step, names[0], names[1]), Cosine(step, names[0], names[2]), Cosine(step, names[1], names[2])];

    private static double Cosine(StepRecord step, string first, string second) =>
        step.Cosines.TryGetValue($"{first}/{second}", out double cosine) || step.Cosines.TryGetValue($"{second}/{first}", out cosine)
            ? cosine
            : double.NaN;
}
