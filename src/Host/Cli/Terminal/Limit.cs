using System.CommandLine;
using System.Globalization;

namespace Unlearning.Host.Cli.Terminal;

/// <summary>How many lines of a list are wanted.</summary>
internal static class Limit
{
    private const int Usual = 20;

    /// <summary>The option <c>--limit</c>: 20 when left out.</summary>
    /// <param name="most">The most that may be asked for; null for any number.</param>
    public static Option<int> Option(int? most = null)
    {
        string range = most is null ? "1 or more" : string.Create(CultureInfo.InvariantCulture, $"1 to {most}");
        return new Option<int>("--limit")
        {
            Description = $"How many at most, {range}.",
            HelpName = "N",
            DefaultValueFactory = _ => Usual,
            CustomParser = result =>
            {
                string written = result.Tokens[0].Value;
                if (int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit >= 1 && limit <= (most ?? int.MaxValue))
                    return limit;
                result.AddError($"--limit is '{written}'. Write a number, {range}.");
                return Usual;
            },
        };
    }
}
