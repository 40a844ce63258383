using Unlearning.Host.Evaluation;

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
        ArgumentNullException.ThrowIfNull(configuration);
        List<GateRule> rules = [];
        List<string> faults = [];
        EvaluationOptions measured = new();
        configuration.GetSection(EvaluationOptions.SectionName).Bind(measured);
        foreach (IConfigurationSection section in configuration.GetSection(Section).GetChildren())
        {
            GateSettings settings = Bind(section, faults);
            if (settings.Enabled)
            {
                rules.Add(new GateRule
                {
                    Name = section.Key,
                    Metric = settings.Metric ?? string.Empty,
                    Kind = settings.Kind ?? default,
                    Threshold = settings.Threshold ?? double.NaN,
                    Bound = settings.Bound,
                    MinimumSample = settings.MinimumSample,
                });
                faults.AddRange(Faults(section, settings, measured));
            }
        }

        return faults.Count == 0
            ? rules
            : throw new InvalidOperationException(
                $"The gates are not well configured:{string.Concat(faults.Select(fault => $"\n  - {fault}"))}");
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
        MetricDefinition? metric = MetricDefinition.All.FirstOrDefault(metric => metric.Name == settings.Metric);
        if (metric is null)
        {
            string known = string.Join(", ", MetricDefinition.All.Select(metric => metric.Name));
            yield return $"{section.Path}:Metric is '{settings.Metric}', which is no metric. Known are: {known}.";
        }

        if (metric?.Option is { } option && !measured.IsOn(option, metric.OptionEntry))
        {
            string fix = metric.OptionEntry is { } entry
                ? $"Add '{entry}' to {EvaluationOptions.SectionName}:{option}."
                : $"Switch {EvaluationOptions.SectionName}:{option} on.";
            yield return $"{section.Path}:Metric is '{metric.Name}', which is not measured. {fix}";
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
