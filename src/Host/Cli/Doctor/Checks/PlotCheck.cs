using SkiaSharp;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the library that draws the reports' plots is there.</summary>
internal sealed class PlotCheck : ICheck
{
    /// <inheritdoc/>
    public string Name => "plots";

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using SKBitmap bitmap = new(8, 8);
            using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            return Task.FromResult(Finding.Ok("SkiaSharp draws."));
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException or TypeInitializationException)
        {
            return Task.FromResult(Finding.Problem(
                $"SkiaSharp cannot be loaded: {(failure.InnerException ?? failure).Message}", "Build or install the program for this system; runs need it for their plots."));
        }
    }
}
