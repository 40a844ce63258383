using Unlearning.Host.Evaluation;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Gates;

/// <summary>
/// Reads the gates from configuration. They are an object keyed by the gate's name rather than an array, because configuration
/// sources merge arrays by position: an override file would silently change the wrong gate.
/// <code>
/// "Unlearning": { "Gates": { "broken answers": { "Metric": "broken_rate", "Kind": "MaximumIncrease", "Threshold": 0.05 } } }
/// </code>
/// </summary>
public static class GateConfiguration
{
    /// <summary>The section that holds the gates.</summary>
    public const string Section = "Unlearning:Gates";

    /// <summary>The enabled gates, in the order of their names.</summary>
    /// <param name="configuration">The whole configuration, not the section.</param>
    /// <remarks>A gate over a metric that the section <see cref="EvaluationOptions.SectionName"/> leaves off is a fault: it could never
    /// pass.</remarks>
    /// <exception cref="InvalidOperationException">Some gates are wrong; the message lists every fault with its place.</exception>
    public static IReadOnlyList<GateRule> Read(IConfiguration configuration)
    {
        List<string> faults = [];
        IReadOnlyList<GateRule> rules = Read(configuration, Measured(configuration), null, faults);
        return faults.Count == 0 ? rules : throw Faulty(faults);
    }

    /// <summary>The gates that a run must pass: the enabled ones of the configuration, and after them those of the policies.</summary>
    /// <param name="configuration">The whole configuration, not the section.</param>
    /// <param name="policies">The policies in force.</param>
    /// <exception cref="InvalidOperationException">Some gates are wrong; the message lists every fault with its place.</exception>
    public static IReadOnlyList<GateRule> Collect(IConfiguration configuration, PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        List<string> faults = [];
        EvaluationOptions measured = Measured(configuration);
        IReadOnlyList<GateRule> rules = Read(configuration, measured, new HazardNames(policies), faults);
        faults.AddRange(PolicyGates.Faults(policies, measured));
        return faults.Count == 0
            ? [.. rules, .. policies.Policies.SelectMany(policy => policy.Gates.Select(gate => PolicyGates.Rule(policy, gate)))]
            : throw Faulty(faults);
    }

    private static EvaluationOptions Measured(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        EvaluationOptions measured = new();
        configuration.GetSection(EvaluationOptions.SectionName).Bind(measured);
        return measured;
    }

    /// <param name="configuration">The whole configuration.</param>
    /// <param name="measured">Which metrics are measured.</param>
    /// <param name="hazards">Knows hazards by their names; null before the policies are read, when a name is taken as it is.</param>
    /// <param name="faults">Gets what is wrong.</param>
    private static List<GateRule> Read(IConfiguration configuration, EvaluationOptions measured, HazardNames? hazards, List<string> faults)
    {
        List<GateRule> rules = [];
        foreach (IConfigurationSection section in configuration.GetSection(Section).GetChildren())
        {
            GateSettings settings = Bind(section, faults);
            if (settings.Enabled)
            {
                HazardScope? hazard = Hazard(section, settings, hazards, faults);
                rules.Add(new GateRule
                {
                    Name = section.Key,
                    Metric = settings.Metric ?? string.Empty,
                    Hazard = hazard,
                    Kind = settings.Kind ?? default,
                    Threshold = settings.Threshold ?? double.NaN,
                    Bound = settings.Bound,
                    MinimumSample = settings.MinimumSample,
                });
                faults.AddRange(Faults(section, settings, measured));
            }
        }

        return rules;
    }

    private static InvalidOperationException Faulty(List<string> faults) =>
        new($"The gates are not well configured:{string.Concat(faults.Select(fault => $"\n  - {fault}"))}");

    private static HazardScope? Hazard(IConfigurationSection section, GateSettings settings, HazardNames? hazards, List<string> faults)
    {
        if (settings.Hazard is not { Length: > 0 } written)
        {
            return null;
        }

        if (hazards is null)
        {
            return new HazardScope(written);
        }

        HazardScope? found = hazards.Find(written, out string? fault);
        if (fault is not null)
        {
            faults.Add($"{section.Path}:Hazard is '{written}', which {fault}");
        }

        return found;
    }

    private static GateSettings Bind(IConfigurationSection section, List<string> faults)
    {
        try
        {
            return section.Get<GateSettings>(options => options.ErrorOnUnknownConfiguration = true) ?? new GateSettings { Enabled = false };
        }
        catch (InvalidOperationException error)
        {
            faults.Add($"{section.Path}: {error.Message} {error.InnerException?.Message}".TrimEnd());
            return new GateSettings { Enabled = false };
        }
    }

    private static IEnumerable<string> Faults(IConfigurationSection section, GateSettings settings, EvaluationOptions measured)
    {
        MetricDefinition? metric = MetricDefinition.Find(settings.Metric);
        if (metric is null)
        {
            yield return $"{section.Path}:Metric is '{settings.Metric}', which is no metric. Known are: {string.Join(", ", MetricDefinition.Names)}.";
        }
        else if (MetricCheck.HowToMeasure(metric, measured) is { } fix)
        {
            yield return $"{section.Path}:Metric is '{metric.Name}', which is not measured. {fix}";
        }

        if (settings.Hazard is { Length: > 0 } && metric is { HasHazards: false })
        {
            yield return $"{section.Path}:Hazard is '{settings.Hazard}', but {metric.Name} is not measured on prompts with hazards. Take Hazard out.";
        }

        if (settings.Kind is null || !Enum.IsDefined(settings.Kind.Value))
        {
            yield return $"{section.Path}:Kind is missing. Known are: {string.Join(", ", Enum.GetNames<GateKind>())}.";
        }

        if (settings.Threshold is not { } threshold || !double.IsFinite(threshold))
        {
            yield return $"{section.Path}:Threshold must be a finite number, was '{section["Threshold"]}'.";
        }

        if (settings.MinimumSample < 1)
        {
            yield return $"{section.Path}:MinimumSample must be at least 1, was {settings.MinimumSample}.";
        }
    }
}
