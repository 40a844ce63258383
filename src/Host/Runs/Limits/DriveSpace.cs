namespace Unlearning.Host.Runs.Limits;

/// <summary>Asks the file system.</summary>
internal sealed class DriveSpace : IFreeSpace
{
    /// <inheritdoc/>
    public long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;
}
