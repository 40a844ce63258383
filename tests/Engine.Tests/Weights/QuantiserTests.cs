using CsCheck;
using Unlearning.Engine.Weights;
using Unlearning.Engine.Weights.Formats;

namespace Unlearning.Engine.Tests.Weights;

public sealed class QuantiserTests
{
    public static TheoryData<GgmlType> Written => [.. MergedGguf.Types.Values];

    [SkippableTheory]
    [MemberData(nameof(Written))]
    [Trait("Category", "Fixtures")]
    public void Blocks_of_random_numbers_are_those_of_llama_cpp_to_the_byte(GgmlType type)
    {
        var random = new Random(11);
        foreach (var spread in new[] { 1e-7, 1e-3, 0.02, 1, 300 })
        {
            // Some blocks are lopsided, hold an outlier, or are all zeros or all one number.
            float[] values = [.. Enumerable.Range(0, 32 * 400).Select(i => (i / 32 % 5) switch
            {
                0 => (float)(spread * Gaussian(random)),
                1 => (float)(spread * random.NextDouble()),
                2 => (float)(spread * (i % 32 == 7 ? -40 : Gaussian(random))),
                3 => i / 32 % 10 == 3 ? 0 : (float)-spread,
                _ => (float)(spread * Math.Round(Gaussian(random) * 4) / 4),
            })];
            Assert.Equal(GgmlQuantiser.Quantise(type, values, values.Length / 32 * BlockFormat.Of(type)!.Bytes), Quantise(type, values));
        }
    }

    [SkippableFact]
    [Trait("Category", "Fixtures")]
    public void A_plain_model_becomes_the_Q8_0_model_that_was_made_of_it_to_the_byte()
    {
        using var folder = new TemporaryFolder();
        using var plain = Checkpoint.Open(Fixtures.Path("gguf_models", "stories260k.F32.gguf"));
        new MergedGguf(plain, null, GgmlType.Q8_0).Write(folder.File("m.gguf"));
        using var expected = new GgufFile(Fixtures.Path("gguf_models", "stories260k.Q8_0.gguf"));
        using var actual = new GgufFile(folder.File("m.gguf"));
        var compared = 0;
        foreach (var tensor in actual.Tensors.Values.Where(tensor => tensor.Type == GgmlType.Q8_0))
        {
            var (theirs, ours) = (expected.Stored(expected.Tensors[tensor.Name]), actual.Stored(tensor));
            for (var row = 0L; row < ours.Rows; row++)
                Assert.True(theirs.Row(row).SequenceEqual(ours.Row(row)), $"row {row} of {tensor.Name}");
            compared++;
        }
        Assert.Equal(5 * 6, compared);
    }

    [Theory]
    [InlineData(GgmlType.Q8_0, 0.5)]
    [InlineData(GgmlType.Q4_1, 0.5)]
    [InlineData(GgmlType.Q4_0, 1)] // its positive end is 7 of 8 steps
    public void A_number_moves_by_half_a_step_at_most_and_what_half_precision_rounds_in_scale_and_minimum(GgmlType type, double steps) =>
        Gen.Float[-100, 100].Array[64].Sample(values =>
        {
            var read = Read(type, Quantise(type, values));
            for (var i = 0; i < values.Length; i++)
            {
                float[] block = values[(i / 32 * 32)..((i / 32 * 32) + 32)];
                var (largest, range) = (block.Max(Math.Abs), (double)block.Max() - block.Min());
                var step = type switch { GgmlType.Q8_0 => largest / 127, GgmlType.Q4_0 => largest / 8, _ => range / 15 };
                var halfPrecision = Math.Pow(2, -11) * (largest + range) + 1e-6;
                Assert.InRange(Math.Abs(values[i] - read[i]), 0, (steps * step) + halfPrecision);
            }
        });

    [Theory]
    [MemberData(nameof(Written))]
    public void What_was_quantised_is_quantised_to_itself(GgmlType type)
    {
        var random = new Random(5);
        var once = Quantise(type, [.. Enumerable.Range(0, 32 * 500).Select(_ => (float)(0.02 * Gaussian(random)))]);
        Assert.Equal(once, Quantise(type, Read(type, once)));
    }

    [Theory]
    [MemberData(nameof(Written))]
    public unsafe void Numbers_whose_scale_half_precision_cannot_hold_are_told(GgmlType type)
    {
        float[] values = [.. Enumerable.Range(0, 32).Select(i => i == 3 ? 3e8f : -3e8f)];
        var block = new byte[BlockFormat.Of(type)!.Bytes];
        fixed (float* source = values)
        fixed (byte* target = block)
            Assert.False(BlockFormat.Of(type)!.Write!(source, target, 32));
    }

    [Fact]
    public void Blocks_worked_out_by_hand()
    {
        // 127 steps of 1/4; 2.5 steps round away from zero.
        float[] values = [31.75f, 0.625f, -0.625f, .. new float[29]];
        Assert.Equal([0x00, 0x34, 127, 3, unchecked((byte)-3), .. new byte[29]], Quantise(GgmlType.Q8_0, values));

        // From 1 in steps of 2: 2 is half a step above and goes up, 31 is the fifteenth.
        float[] lopsided = [.. Enumerable.Repeat(1f, 30), 2, 31];
        Assert.Equal([0x00, 0x40, 0x00, 0x3C, .. new byte[14], 0x10, 0xF0], Quantise(GgmlType.Q4_1, lopsided));
    }

    private static unsafe byte[] Quantise(GgmlType type, float[] values)
    {
        var format = BlockFormat.Of(type)!;
        var blocks = new byte[values.Length / format.Elements * format.Bytes];
        fixed (float* source = values)
        fixed (byte* target = blocks)
            Assert.True(format.Write!(source, target, values.Length));
        return blocks;
    }

    private static unsafe float[] Read(GgmlType type, byte[] blocks)
    {
        var format = BlockFormat.Of(type)!;
        var values = new float[blocks.Length / format.Bytes * format.Elements];
        fixed (byte* source = blocks)
        fixed (float* target = values)
            Assert.True(format.Read(source, target, values.Length));
        return values;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
