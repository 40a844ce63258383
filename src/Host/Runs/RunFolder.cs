using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Engine.Weights;

namespace Unlearning.Host.Runs;

/// <summary>
/// The folder of one run: what each stage leaves for the next, and for itself after a kill. A file is there whole or not at all, and
/// where a stage's last file is there, the stage is done.
/// </summary>
internal sealed class RunFolder(string path)
{
    /// <summary>The folder of the best adapter so far, in peft's form.</summary>
    public const string Best = "best";

    /// <summary>What a run selected, beside its sets.</summary>
    public const string Selection = "selection.json";

    /// <summary>What the training began with.</summary>
    public const string Recipe = "recipe.json";

    /// <summary>What training came to.</summary>
    public const string Trained = "trained.json";

    /// <summary>The folder of what the baseline said, until the evaluation is there.</summary>
    public const string Baseline = "baseline";

    /// <summary>The evaluation.</summary>
    public const string Evaluation = "evaluation.json";

    /// <summary>The release that was made, and what its gates said.</summary>
    public const string Candidate = "release.json";

    // In the order of the stages; none but the sets and the baseline, which have classes of their own, holds text.
    private static readonly (RunStage Stage, string Name)[] _files =
    [
        (RunStage.Select, "sets.json"),
        (RunStage.Select, Selection),
        (RunStage.Unlearn, Recipe),
        (RunStage.Unlearn, "history.json"),
        (RunStage.Unlearn, "checkpoint.safetensors"),
        (RunStage.Unlearn, Best),
        (RunStage.Unlearn, Trained),
        (RunStage.Evaluate, Baseline),
        (RunStage.Evaluate, Evaluation),
        (RunStage.Gate, Candidate),
    ];

    private static readonly (RunStage Stage, string Name)[] _results =
    [
        (RunStage.Select, Selection), (RunStage.Unlearn, Trained), (RunStage.Evaluate, Evaluation), (RunStage.Gate, Candidate),
    ];

    // Gradients that vanish have no cosine, and a metric may be no number.
    private static readonly JsonSerializerOptions _json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public string Path => path;

    public string File(string name) => System.IO.Path.Combine(path, name);

    /// <summary>Whether training has begun to write, or is done: then the space is taken.</summary>
    public bool HasTraining => System.IO.File.Exists(File("checkpoint.safetensors")) || System.IO.File.Exists(File(Trained));

    /// <summary>What a stage left, or null.</summary>
    public T? Read<T>(string name)
        where T : class =>
        System.IO.File.Exists(File(name)) ? JsonSerializer.Deserialize<T>(System.IO.File.ReadAllBytes(File(name)), _json) : null;

    /// <summary>Leaves a result, and gives it back as the next process would read it.</summary>
    public T Write<T>(string name, T value)
        where T : class
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(value, _json);
        AtomicFile.Write(File(name), stream => stream.Write(bytes));
        return JsonSerializer.Deserialize<T>(bytes, _json)!;
    }

    /// <summary>The stages before <paramref name="stage"/> that have left no result.</summary>
    public IEnumerable<RunStage> MissingBefore(RunStage stage) =>
        _results.Where(result => result.Stage < stage && !System.IO.File.Exists(File(result.Name))).Select(result => result.Stage);

    /// <summary>Deletes what this stage and all later ones have left.</summary>
    public void DeleteFrom(RunStage stage)
    {
        // The last first: an interrupted deletion leaves no result without what it came from.
        foreach ((_, string name) in _files.Where(file => file.Stage >= stage).Reverse())
        {
            if (Directory.Exists(File(name)))
                Directory.Delete(File(name), recursive: true);
            else
                System.IO.File.Delete(File(name));
        }
    }

    /// <summary>Copies what the stages before <paramref name="stage"/> have left.</summary>
    public void CopyBefore(RunStage stage, string target)
    {
        foreach ((RunStage of, string name) in _files.Where(file => file.Stage < stage))
        {
            string to = System.IO.Path.Combine(target, name);
            if (Directory.Exists(File(name)))
            {
                Directory.CreateDirectory(to);
                foreach (string file in Directory.EnumerateFiles(File(name)))
                    System.IO.File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
            }
            else if (System.IO.File.Exists(File(name)))
            {
                System.IO.File.Copy(File(name), to);
            }
        }
    }
}
