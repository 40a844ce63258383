using System.Runtime.InteropServices;
using Unlearning.Engine.Weights;
using Unlearning.Engine.Weights.Formats;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

public sealed class StoredTensorTests
{
    private static readonly ScalarType[] Destinations = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    [SkippableFact]
    [Trait("Category", "Fixtures")]
    public void Blocks_of_every_format_equal_the_reference_to_the_bit()
    {
        var formats = Fixtures.Json("gguf_dequant", "blocks.json").GetProperty("types").EnumerateArray().ToList();
        Assert.True(formats.Count >= 12);
        foreach (var format in formats)
        {
            var type = (GgmlType)format.GetProperty("ggml_type_id").GetInt32();
            var known = BlockFormat.Of(type);
            Assert.NotNull(known);
            if (known.Plain is null)
            {
                Assert.Equal(format.GetProperty("elements_per_block").GetInt32(), known.Elements);
                Assert.Equal(format.GetProperty("bytes_per_block").GetInt32(), known.Bytes);
            }
            var listed = format.GetProperty("blocks").EnumerateArray();
            byte[][] blocks = [.. listed.Select(block => block.GetProperty("base64").GetBytesFromBase64())];
            float[] expected = [.. listed
                .SelectMany(block => block.GetProperty("values").EnumerateArray().Select(value => value.GetSingle()))];
            using var file = new OneTensor(type, [blocks.Length, expected.Length / blocks.Length], [.. blocks.SelectMany(block => block)]);
            using var actual = file.Tensor.Read(ScalarType.Float32);
            AssertSameBits(expected, actual, type.ToString());
        }
    }

    [Fact]
    public void Other_destinations_hold_the_float32_numbers_rounded_to_nearest()
    {
        foreach (var (type, file) in RandomTensors(rows: 5, columns: 1280))
        {
            using (file)
            using (var wide = file.Tensor.Read(ScalarType.Float32))
            {
                foreach (var destination in Destinations)
                {
                    using var expected = wide.to(destination);
                    using var actual = file.Tensor.Read(destination);
                    Assert.True(expected.bytes.SequenceEqual(actual.bytes), $"{type} to {destination}");
                }
            }
        }
    }

    [Fact]
    public void A_range_of_rows_is_that_part_of_the_whole()
    {
        foreach (var (type, file) in RandomTensors(rows: 700, columns: 256))
        {
            using (file)
            using (var whole = file.Tensor.Read(ScalarType.Float32))
            using (var part = empty(333, 256))
            {
                file.Tensor.Read(101, part);
                using var expected = whole.narrow(0, 101, 333).contiguous();
                Assert.True(expected.bytes.SequenceEqual(part.bytes), type.ToString());
            }
        }
    }

    [Fact]
    public void Interleaved_heads_are_taken_apart_in_rows_ranges_and_raw_bytes()
    {
        var numbers = Enumerable.Range(0, 8 * 3).Select(i => (float)i).ToArray();
        using var file = new OneTensor(GgmlType.F32, [8, 3], MemoryMarshal.AsBytes<float>(numbers), interleavedHeads: 2);
        using var read = file.Tensor.Read(ScalarType.Float32);
        Assert.Equal([0f, 6, 3, 9, 12, 18, 15, 21], Enumerable.Range(0, 8).Select(row => read[row, 0].item<float>()));
        using var range = empty(2, 3);
        file.Tensor.Read(1, range);
        Assert.Equal([6f, 7, 8, 3, 4, 5], range.data<float>().ToArray());
        Assert.Equal([6f, 7, 8], MemoryMarshal.Cast<byte, float>(file.Tensor.Row(1)).ToArray());

        using var bias = new OneTensor(GgmlType.F32, [8], MemoryMarshal.AsBytes<float>(numbers.AsSpan(0, 8)), interleavedHeads: 2);
        using var readBias = bias.Tensor.Read(ScalarType.Float32);
        Assert.Equal([0f, 2, 1, 3, 4, 6, 5, 7], readBias.data<float>().ToArray());
    }

    [Fact]
    public void A_number_that_is_not_finite_is_found_in_every_format_wherever_it_is()
    {
        foreach (var (type, file) in RandomTensors(rows: 3, columns: 256))
        {
            using (file)
            {
                file.Tensor.Read(ScalarType.BFloat16).Dispose();
                file.Break();
                foreach (var destination in Destinations)
                {
                    var refusal = Assert.Throws<CheckpointException>(() => file.Tensor.Read(destination));
                    Assert.Contains("tensor 'w' holds a NaN or an infinity", refusal.What, StringComparison.Ordinal);
                }
                Assert.NotEqual(GgmlType.F64, type);
            }
        }
    }

    [Fact]
    public void A_destination_that_does_not_fit_is_refused()
    {
        using var file = new OneTensor(GgmlType.F32, [4, 2], new byte[32]);
        using var odd = empty(3);
        using var long3 = empty(4, 2);
        using var strided = empty(2, 4).t();
        using var integers = empty([4, 2], ScalarType.Int32);
        Assert.Throws<ArgumentException>(() => file.Tensor.Read(0, odd));
        Assert.Throws<ArgumentException>(() => file.Tensor.Read(1, long3));
        Assert.Throws<ArgumentException>(() => file.Tensor.Read(0, strided));
        Assert.Throws<ArgumentException>(() => file.Tensor.Read(0, integers));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Tensor.Row(4).Length);
    }

    /// <summary>A tensor of each format but F64, with random bits and ordinary scales.</summary>
    private static IEnumerable<(GgmlType Type, OneTensor File)> RandomTensors(int rows, int columns)
    {
        var random = new Random(1);
        foreach (var type in Enum.GetValues<GgmlType>().Where(type => type != GgmlType.F64))
            yield return (type, new(type, [rows, columns], RandomBlocks.Create(type, rows * columns, random)));
    }

    private static void AssertSameBits(float[] expected, Tensor actual, string what)
    {
        var values = actual.data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(values[i]);
            Assert.True(same, $"{what} [{i}]: {values[i]}, not {expected[i]}");
        }
    }
}
