using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine;

/// <summary>The device that <c>Engine:Device</c> names: whether it is there, how much memory it has, and how exactly it multiplies.</summary>
public static class ComputeDevice
{
    private const string Cpu = "cpu", Cuda = "cuda";

    /// <summary>Prepares a device for work.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>, N from 0.</param>
    /// <exception cref="ArgumentException">There is no such device; the message names the setting and what to do.</exception>
    public static Device Open(string name)
    {
        int index = Parse(name);
        if (index < 0)
            return CPU;
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (count == 0)
        {
            throw new ArgumentException(
                $"Engine:Device is '{name}', but libtorch finds no NVIDIA GPU. Build with -p:TorchBackend=cuda on a machine whose GPU nvidia-smi lists, or set Engine:Device to cpu.");
        }

        if (index >= count)
            throw new ArgumentException($"Engine:Device is '{name}', but the last NVIDIA GPU here is cuda:{count - 1}. Set Engine:Device to one that is there.");

        // Rounding the factors of float32 products to 10 bits would be faster, and no longer float32; the environment can switch that on.
        backends.cuda.matmul.allow_tf32 = false;
        return device(DeviceType.CUDA, index);
    }

    /// <summary>Memory that the device's programs share, in bytes: the machine's (or the container's share of it), or the GPU's own.</summary>
    /// <exception cref="InvalidOperationException">The GPU's driver does not tell.</exception>
    public static long Memory(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.type == DeviceType.CPU ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : GpuMemory(Math.Max(0, device.index));
    }

    /// <summary>The GPU's number; -1 for the CPU.</summary>
    private static int Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] parts = name.Split(':');
        if (parts is [var cpu] && cpu.Equals(Cpu, StringComparison.OrdinalIgnoreCase))
            return -1;
        if (parts.Length <= 2 && parts[0].Equals(Cuda, StringComparison.OrdinalIgnoreCase))
        {
            if (parts.Length == 1)
                return 0;
            if (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                return index;
        }

        throw new ArgumentException($"Engine:Device is '{name}'. Use cpu, or cuda:0 for the first NVIDIA GPU.");
    }

    // TorchSharp does not tell, but CUDA's driver does, which is loaded as soon as torch has seen a GPU.
    private static unsafe long GpuMemory(int index)
    {
        nint driver = NativeLibrary.Load(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1");
        delegate* unmanaged<uint, int> start = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(driver, "cuInit");
        delegate* unmanaged<int*, int, int> find = (delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(driver, "cuDeviceGet");
        delegate* unmanaged<nuint*, int, int> total = (delegate* unmanaged<nuint*, int, int>)NativeLibrary.GetExport(driver, "cuDeviceTotalMem_v2");
        int handle = 0;
        nuint bytes = 0;
        return start(0) == 0 && find(&handle, index) == 0 && total(&bytes, handle) == 0
            ? checked((long)bytes)
            : throw new InvalidOperationException($"The driver does not tell how much memory GPU {index} has. Look whether nvidia-smi does.");
    }
}
