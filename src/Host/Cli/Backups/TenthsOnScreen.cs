using System.Globalization;

namespace Unlearning.Host.Cli.Backups;

/// <summary>Tells a long piece of work's progress by a line a tenth.</summary>
/// <param name="screen">Where; not where results are written.</param>
internal sealed class TenthsOnScreen(TextWriter screen) : IProgress<double>
{
    private int _told;

    /// <inheritdoc/>
    public void Report(double value)
    {
        int tenth = (int)(value * 10);
        if (tenth > _told)
        {
            _told = tenth;
            screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenth * 10} %"));
        }
    }
}
