using ScottPlot;
using SkiaSharp;

namespace Unlearning.Host.Reports;

/// <summary>
/// Gives ScottPlot the font that ships inside the program (DejaVu Sans, licence beside it), so that plots have the same text on a
/// bare server without any font as on a desktop.
/// </summary>
internal sealed class BundledFont : IFontResolver
{
    /// <summary>The name under which plots ask for it.</summary>
    public const string Name = "Unlearning DejaVu Sans";

    private static readonly Lazy<SKTypeface> _typeface = new(Load);
    private static readonly Lazy<bool> _registered = new(() =>
    {
        Fonts.FontResolvers.Add(new BundledFont());
        return true;
    });

    private BundledFont()
    {
    }

    /// <summary>Makes the font known to ScottPlot, once in a process.</summary>
    public static void Register() => _ = _registered.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? _typeface.Value : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName == Name ? _typeface.Value : null;

    private static SKTypeface Load()
    {
        const string resource = "Unlearning.Host.Reports.Fonts.DejaVuSans.ttf";
        using Stream stream = typeof(BundledFont).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The program was built without its resource {resource}.");
        return SKTypeface.FromStream(stream) ?? throw new InvalidOperationException($"{resource} is no font.");
    }
}
