using System.Runtime.InteropServices;

namespace Unlearning.Host.Storage.Backups;

/// <summary>Puts one folder in another's place.</summary>
internal static class FolderExchange
{
    private const int CurrentFolder = -100;
    private const uint Exchange = 2;

    /// <summary>
    /// Swaps two folders of one file system. On Linux at one stroke, so that a kill leaves the one or the other; elsewhere, and on file
    /// systems that cannot, by renaming, and then a kill can leave both under their other names, whole.
    /// </summary>
    public static void Swap(string one, string other)
    {
        if (OperatingSystem.IsLinux() && TryExchange(one, other))
            return;
        string between = $"{other}.{Guid.NewGuid():N}";
        Directory.Move(one, between);
        try
        {
            Directory.Move(other, one);
        }
        catch
        {
            Directory.Move(between, one);
            throw;
        }

        Directory.Move(between, other);
    }

    private static bool TryExchange(string one, string other)
    {
        try
        {
            return Rename(CurrentFolder, one, CurrentFolder, other, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static extern int Rename(
        int oneFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string one, int otherFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string other, uint flags);
}
