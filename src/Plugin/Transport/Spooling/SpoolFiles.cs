using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>Files and folders that only their owner can read, and whose names outlive a power failure.</summary>
internal static class SpoolFiles
{
    /// <summary>Creates a folder, and those above it, for the owner only.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Opens a file to write, created for the owner only.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes the names in <paramref name="folder"/> durable. Windows keeps them so by itself.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no folders; fsync(2) on one is what makes a new name survive.
        int descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open folder '{folder}' to flush it.", new Win32Exception());
        }

        try
        {
            if (FSync(descriptor) != 0)
            {
                throw new IOException($"Cannot flush folder '{folder}'.", new Win32Exception());
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", BestFitMapping = false, ThrowOnUnmappableChar = true, SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
