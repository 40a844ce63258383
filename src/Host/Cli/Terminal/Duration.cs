using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Unlearning.Host.Cli.Terminal;

/// <summary>Spans of time as operators write them: 30m, 24h, 7d, 2w.</summary>
internal static partial class Duration
{
    private const double MostDays = 36_500;

    /// <summary>An option that takes one.</summary>
    public static Option<TimeSpan?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result =>
        {
            string written = result.Tokens[0].Value;
            TimeSpan? span = Parse(written);
            if (span is null)
                result.AddError($"{name} is '{written}'. Write a number and m, h, d or w, as in 30m, 24h, 7d.");
            return span;
        },
    };

    /// <summary>Reads one; null when it is none.</summary>
    public static TimeSpan? Parse(string written)
    {
        Match parts = Written().Match(written);
        if (!parts.Success)
            return null;
        double days = int.Parse(parts.Groups[1].Value, CultureInfo.InvariantCulture) * parts.Groups[2].Value switch
        {
            "m" => 1.0 / (24 * 60),
            "h" => 1.0 / 24,
            "d" => 1.0,
            _ => 7.0,
        };
        return days is > 0 and <= MostDays ? TimeSpan.FromSeconds(Math.Round(days * 86_400)) : null;
    }

    [GeneratedRegex(@"^([0-9]{1,9})([mhdw])\z")]
    private static partial Regex Written();
}
