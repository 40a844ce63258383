using System.Globalization;

namespace Unlearning.Host.Runs.Limits;

/// <summary>A run would fill the disk.</summary>
/// <param name="folder">The folder it writes to.</param>
/// <param name="needed">Bytes needed, the margin included.</param>
/// <param name="free">Bytes free.</param>
public sealed class DiskSpaceException(string folder, long needed, long free) : RunException(
    string.Create(CultureInfo.InvariantCulture, $"The run needs {needed:N0} bytes on the disk of '{folder}', of which {free:N0} are free"),
    $"Free {(needed - free).ToString("N0", CultureInfo.InvariantCulture)} bytes there, or lower {RunOptions.SectionName}:{nameof(RunOptions.DiskMarginMb)}, and start the run again");
