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

    /// <summary>Gets a file's length in bytes, 0 where the disk does not tell.</summary>
    public static long LengthOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Creates a file with <paramref name="content"/> for the owner only, durably, unless it exists: nobody ever sees part of it.</summary>
    /// <returns>Whether this call created it.</returns>
    public static bool CreateOnce(string path, ReadOnlySpan<byte> content)
    {
        string staging = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (FileStream file = Open(staging, FileMode.CreateNew, FileShare.None))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            if (!GiveName(staging, path))
            {
                return false;
            }
        }
        finally
        {
            File.Delete(staging);
        }

        FlushFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Gives a finished file another name, or a second one, unless something has it: of several callers exactly one wins.</summary>
    /// <returns>Whether this call did.</returns>
    public static bool GiveName(string staging, string path)
    {
        // .NET's move looks first and renames then, so that the last of two writers wins; link(2) lets exactly the first one.
        if (!OperatingSystem.IsWindows())
        {
            if (Link(staging, path) == 0)
            {
                return true;
            }

            Win32Exception failure = new();
            return File.Exists(path) ? false : throw new IOException($"Cannot create '{path}'.", failure);
        }

        try
        {
            File.Move(staging, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
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

    [DllImport("libc", EntryPoint = "link", BestFitMapping = false, ThrowOnUnmappableChar = true, SetLastError = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
