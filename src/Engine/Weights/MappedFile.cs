using System.IO.MemoryMappedFiles;

namespace Unlearning.Engine.Weights;

/// <summary>A file mapped read-only into memory: weights are paged in when they are read, and never copied twice.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _pointer;

    /// <exception cref="CheckpointException">The file cannot be opened or is empty.</exception>
    public MappedFile(string path)
    {
        Path = path;
        try
        {
            // The open file's length: that of its directory entry is a link's own, and Hugging Face's cache is made of links.
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
            Length = stream.Length;
            if (Length == 0)
            {
                stream.Dispose();
                throw new CheckpointException(path, "the file is empty", "Copy or download it again.");
            }
            _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new CheckpointException(path, "the file cannot be read", e.Message, e);
        }
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
    }

    public string Path { get; }

    public long Length { get; }

    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        CheckRange(offset, length);
        return new(_pointer + offset, length);
    }

    /// <summary>A pointer to bytes that stay mapped until this object is disposed.</summary>
    public byte* Pointer(long offset, long length)
    {
        CheckRange(offset, length);
        return _pointer + offset;
    }

    public void Dispose()
    {
        if (_pointer == null)
            return;
        _pointer = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private void CheckRange(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
    }
}
