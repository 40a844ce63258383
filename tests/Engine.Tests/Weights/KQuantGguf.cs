using System.Text;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using Unlearning.Engine.Weights.Formats;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>Writes a small Llama whose matrices are in all of the quantised formats, with random numbers.</summary>
internal static class KQuantGguf
{
    public static LlamaConfig Config { get; } = new()
    {
        HiddenSize = 256,
        IntermediateSize = 256,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 2,
        HeadDim = 64,
        VocabularySize = 16,
        MaxPositions = 64,
        RmsNormEpsilon = 1e-5f,
        RopeTheta = 10000,
        TieWordEmbeddings = true,
    };

    public static void Write(string path)
    {
        var formats = Enum.GetValues<GgmlType>().Where(type => BlockFormat.Of(type)!.Plain is null).ToArray();
        var random = new Random(1);
        using var writer = new BinaryWriter(File.Create(path), Encoding.UTF8);
        var tensors = LlamaTensors.Expected(Config).Select((tensor, i) =>
        {
            var type = tensor.Shape.Length == 1 ? GgmlType.F32 : formats[i % formats.Length];
            return (Name: GgufNames.FromHuggingFace(tensor.Name), tensor.Shape, Type: type,
                Bytes: RandomBlocks.Create(type, (int)tensor.Shape.Aggregate(1L, (product, size) => product * size), random));
        }).ToList();
        (string Key, object Value)[] metadata =
        [
            ("general.architecture", "llama"), ("llama.embedding_length", Config.HiddenSize),
            ("llama.feed_forward_length", Config.IntermediateSize), ("llama.block_count", Config.LayerCount),
            ("llama.attention.head_count", Config.HeadCount), ("llama.attention.head_count_kv", Config.KeyValueHeadCount),
            ("llama.context_length", Config.MaxPositions), ("llama.attention.layer_norm_rms_epsilon", 1e-5f),
        ];

        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((long)tensors.Count);
        writer.Write((long)metadata.Length);
        foreach (var (key, value) in metadata)
        {
            WriteText(key);
            writer.Write(value is string ? 8 : value is float ? 6 : 4);
            if (value is string text)
                WriteText(text);
            else if (value is float real)
                writer.Write(real);
            else
                writer.Write((int)value);
        }
        var offset = 0L;
        foreach (var (name, shape, type, bytes) in tensors)
        {
            WriteText(name);
            writer.Write(shape.Length);
            foreach (var size in shape.Reverse())
                writer.Write(size);
            writer.Write((int)type);
            writer.Write(offset);
            offset += Aligned(bytes.Length);
        }
        Pad(writer.BaseStream.Position);
        foreach (var tensor in tensors)
        {
            writer.Write(tensor.Bytes);
            Pad(tensor.Bytes.Length);
        }

        void WriteText(string text)
        {
            writer.Write((long)text.Length);
            writer.Write(Encoding.UTF8.GetBytes(text));
        }

        void Pad(long length) => writer.Write(new byte[Aligned(length) - length]);

        static long Aligned(long length) => (length + 31) / 32 * 32;
    }
}
