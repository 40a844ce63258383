using System.Runtime.InteropServices;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>Memory outside the collector's heap, aligned to cache lines.</summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    public NativeBuffer(long bytes)
        : base(0, ownsHandle: true)
    {
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 64), 64));
        NativeMemory.Clear((void*)handle, (nuint)Math.Max(bytes, 64));
    }

    public override bool IsInvalid => handle == 0;

    public byte* Bytes => (byte*)handle;

    public float* Floats => (float*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
