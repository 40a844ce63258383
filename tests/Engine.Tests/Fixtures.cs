using System.Text.Json;

namespace Unlearning.Engine.Tests;

/// <summary>
/// Finds what tests compare with: outputs of other implementations under Fixtures (or the folder that UNLEARNING_FIXTURES names), small
/// models under Assets, and the embedded model. What is absent skips the test visibly.
/// </summary>
internal static class Fixtures
{
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("UNLEARNING_FIXTURES") is { Length: > 0 } named ? named : System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures");

    /// <summary>The folder of the embedded default model.</summary>
    public static string SmolLm2 => Present(System.IO.Path.Combine(RepositoryRoot(), "models", "smollm2-135m-instruct"));

    /// <summary>The GGUF file of the embedded default model.</summary>
    public static string SmolLm2Gguf => Present(System.IO.Path.Combine(SmolLm2, "SmolLM2-135M-Instruct.Q4_1.gguf"));

    /// <summary>The folder of the Llama-3 tokenizer, whose licence keeps it out of this repository.</summary>
    public static string Llama3Tokenizer
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("UNLEARNING_LLAMA3_TOKENIZER");
            Skip.If(string.IsNullOrEmpty(folder), "UNLEARNING_LLAMA3_TOKENIZER is not set");
            return Present(folder!);
        }
    }

    /// <summary>A fixture file or folder, by its path under the fixtures.</summary>
    public static string Path(params string[] parts) => Present(System.IO.Path.Combine([Folder, .. parts]));

    /// <summary>A file or folder under Assets.</summary>
    public static string Asset(params string[] parts) => Present(System.IO.Path.Combine([AppContext.BaseDirectory, "Assets", .. parts]));

    /// <summary>The root of a JSON fixture.</summary>
    public static JsonElement Json(params string[] parts)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path(parts)));
        return document.RootElement.Clone();
    }

    /// <summary>The integers of a JSON array.</summary>
    public static int[] Integers(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    /// <summary>The reals of a JSON array.</summary>
    public static double[] Numbers(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetDouble())];

    private static string Present(string path)
    {
        Skip.IfNot(File.Exists(path) || Directory.Exists(path), $"{path} is absent");
        return path;
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Unlearning.sln")))
            folder = folder.Parent;
        Skip.If(folder is null, "Unlearning.sln is in no folder above the tests");
        return folder!.FullName;
    }
}
