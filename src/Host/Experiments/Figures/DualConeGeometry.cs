using Unlearning.Host.Reports;

namespace Unlearning.Host.Experiments.Figures;

/// <summary>Three unit gradients as vectors in space that have their true angles, the edges of their dual cone, and the update in it.</summary>
/// <param name="Names">Names of the gradients.</param>
/// <param name="Gradients">Unit vectors.</param>
/// <param name="Edges">Unit vectors along the edges: each is one gradient less its projection on the span of the others.</param>
/// <param name="Update">Unit vector along the mean of the edges as they come.</param>
/// <param name="Source">The step that the angles are of; null for made-up ones.</param>
internal sealed record DualConeGeometry(
    IReadOnlyList<string> Names, IReadOnlyList<Vector3> Gradients, IReadOnlyList<Vector3> Edges, Vector3 Update, string? Source)
{
    // Below this a gradient is so nearly in the plane of the others that the cone is a sliver.
    private const double LeastHeight = 0.15;

    private static readonly string[] Wanted = ["forget", "normal", "retain"];

    /// <summary>The geometry of three gradients by the cosines of their angles; null where they lie (nearly) in a plane.</summary>
    public static DualConeGeometry? Of(IReadOnlyList<string> names, double cosine01, double cosine02, double cosine12, string? source = null)
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
        return new DualConeGeometry(names, g, [.. edges.Select(edge => edge.Unit())], (edges[0] + edges[1] + edges[2]).Unit(), source);
    }

    /// <summary>
    /// Of the recorded step whose three gradients (forget, normal, retain, or the first three objectives) conflict most; made-up angles
    /// where no step has three that stand apart. Steps that a dual space took come first.
    /// </summary>
    /// <param name="steps">Steps with the name of their method.</param>
    public static DualConeGeometry From(IEnumerable<(string Method, StepRecord Step)> steps) =>
        steps.Select(step => (step.Step, step.Method, Names: Three(step.Step)))
            .Where(step => step.Names is not null)
            .Select(step => (
                Cosines: Cosines(step.Step, step.Names!),
                step.Names,
                Source: $"{step.Method}, step {step.Step.Step}",
                InDualSpace: step.Step.Branch.StartsWith("edges", StringComparison.Ordinal)))
            .Where(step => step.Cosines.All(double.IsFinite))
            .OrderByDescending(step => step.InDualSpace).ThenBy(step => step.Cosines.Min())
            .Select(step => Of(step.Names!, step.Cosines[0], step.Cosines[1], step.Cosines[2], step.Source))
            .FirstOrDefault(geometry => geometry is not null)
            ?? Of(Wanted, -0.35, -0.25, 0.15)!;

    private static string[]? Three(StepRecord step)
    {
        string[] names = [.. step.Losses.Keys];
        return Wanted.All(names.Contains) ? Wanted : names.Length >= 3 ? names[..3] : null;
    }

    private static double[] Cosines(StepRecord step, string[] names) =>
        [Cosine(step, names[0], names[1]), Cosine(step, names[0], names[2]), Cosine(step, names[1], names[2])];

    private static double Cosine(StepRecord step, string first, string second) =>
        step.Cosines.TryGetValue($"{first}/{second}", out double cosine) || step.Cosines.TryGetValue($"{second}/{first}", out cosine)
            ? cosine
            : double.NaN;
}
