using System.Diagnostics.CodeAnalysis;

namespace Unlearning.Engine.Weights;

/// <summary>The GGML number formats that this engine reads, with the ids of ggml.h.</summary>
[SuppressMessage("Naming", "CA1707", Justification = "These are GGML's own names.")]
public enum GgmlType
{
    /// <summary>IEEE single precision.</summary>
    F32 = 0,

    /// <summary>IEEE half precision.</summary>
    F16 = 1,

    /// <summary>4 bits and a scale for 32 numbers.</summary>
    Q4_0 = 2,

    /// <summary>4 bits, a scale and a minimum for 32 numbers.</summary>
    Q4_1 = 3,

    /// <summary>5 bits and a scale for 32 numbers.</summary>
    Q5_0 = 6,

    /// <summary>5 bits, a scale and a minimum for 32 numbers.</summary>
    Q5_1 = 7,

    /// <summary>8 bits and a scale for 32 numbers.</summary>
    Q8_0 = 8,

    /// <summary>2 bits; 4-bit scales and minima for 16 numbers in blocks of 256.</summary>
    Q2_K = 10,

    /// <summary>3 bits; 6-bit scales for 16 numbers in blocks of 256.</summary>
    Q3_K = 11,

    /// <summary>4 bits; 6-bit scales and minima for 32 numbers in blocks of 256.</summary>
    Q4_K = 12,

    /// <summary>5 bits; 6-bit scales and minima for 32 numbers in blocks of 256.</summary>
    Q5_K = 13,

    /// <summary>6 bits; 8-bit scales for 16 numbers in blocks of 256.</summary>
    Q6_K = 14,

    /// <summary>IEEE double precision.</summary>
    F64 = 28,

    /// <summary>The upper half of single precision.</summary>
    BF16 = 30,
}
