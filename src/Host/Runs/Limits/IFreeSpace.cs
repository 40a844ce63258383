namespace Unlearning.Host.Runs.Limits;

/// <summary>How much fits on a disk.</summary>
public interface IFreeSpace
{
    /// <summary>Bytes that this process may still write on the disk of an existing folder.</summary>
    long FreeBytes(string folder);
}
