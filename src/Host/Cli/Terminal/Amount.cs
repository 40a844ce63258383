using System.Globalization;

namespace Unlearning.Host.Cli.Terminal;

/// <summary>Numbers of things in words.</summary>
internal static class Amount
{
    /// <summary>"1 file", "2 files".</summary>
    public static string Of(int number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");
}
