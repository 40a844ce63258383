namespace Unlearning.Engine.Weights;

/// <summary>The GGML number formats that this engine reads, with the ids of ggml.h.</summary>
internal enum GgmlType : uint
{
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    BF16 = 30,
}
