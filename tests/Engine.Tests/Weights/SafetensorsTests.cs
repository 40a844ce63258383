using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Weights;

public sealed class SafetensorsTests
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32,
        ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    [Fact]
    public void Tensors_of_every_type_and_shape_come_back_to_the_bit()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>();
        foreach (var type in Types)
        {
            tensors[$"{type}.matrix"] = (randn(3, 5) * 3).to(type);
            tensors[$"{type}.scalar"] = ones(Array.Empty<long>(), type);
            tensors[$"{type}.none"] = empty([0, 4], type);
        }
        tensors["transposed \"é\""] = arange(12).view(3, 4).t();

        Safetensors.Write(folder.File("t.safetensors"), tensors, new Dictionary<string, string> { ["b"] = "2", ["a"] = "é" });

        var read = Safetensors.Read(folder.File("t.safetensors"));
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal((tensor.dtype, tensor.numel()), (read[name].dtype, read[name].numel()));
            Assert.Equal(tensor.shape, read[name].shape);
            Assert.True(tensor.numel() == 0 || tensor.contiguous().bytes.SequenceEqual(read[name].bytes), name);
        }
        Assert.Equal("é", Safetensors.ReadMetadata(folder.File("t.safetensors"))["a"]);
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_in_whatever_order_they_are_listed()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var (a, b, c) = (arange(4), ones(3, ScalarType.Int8), ones(2, ScalarType.Float32));
        var tensors = new Dictionary<string, Tensor> { ["a"] = a, ["b"] = b, ["c"] = c };
        var metadata = new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" };
        Safetensors.Write(folder.File("1"), tensors, metadata);
        Safetensors.Write(folder.File("2"), tensors.Reverse().ToDictionary(), metadata.Reverse().ToDictionary());
        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        using var tensor = ones(3);
        Safetensors.Write(folder.File("t"), new Dictionary<string, Tensor> { ["a"] = tensor });
        var before = File.ReadAllBytes(folder.File("t"));

        var disposed = ones(3);
        disposed.Dispose();
        Assert.ThrowsAny<Exception>(() => Safetensors.Write(folder.File("t"), new Dictionary<string, Tensor> { ["a"] = disposed }));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("t"), stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }));

        Assert.Equal(before, File.ReadAllBytes(folder.File("t")));
        Assert.Equal([folder.File("t")], Directory.GetFiles(folder.Path));
    }

    [SkippableFact]
    [Trait("Category", "Fixtures")]
    public void A_file_of_the_reference_writer_is_written_again_to_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var original = Fixtures.Path("lora_peft", "stories260k_r8_all", "adapter_model.safetensors");
        var tensors = Safetensors.Read(original);
        Safetensors.Write(folder.File("t"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(folder.File("t")));
    }
}
