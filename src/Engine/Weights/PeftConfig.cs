using System.Text.Json;
using System.Text.RegularExpressions;
using Unlearning.Engine.Models;

namespace Unlearning.Engine.Weights;

/// <summary>peft's <c>adapter_config.json</c>: the rank and strength of every module.</summary>
internal sealed class PeftConfig
{
    public const string FileName = "adapter_config.json";

    private const int LargestRank = 1 << 16;
    private const int LongestPattern = 1024;

    /// <summary>Options that change what an adapter computes in ways this engine does not.</summary>
    private static readonly string[] Unsupported =
    [
        "use_dora", "modules_to_save", "lora_bias", "fan_in_fan_out", "use_qalora", "use_bdlora",
        "layer_replication", "alora_invocation_tokens", "trainable_token_indices", "target_parameters", "arrow_config", "kasa_config",
        "monteclora_config", "velora_config",
    ];

    /// <summary>Initialisations that change the base's own weights too.</summary>
    private static readonly string[] BaseChangingInitializations = ["pissa", "olora", "corda", "loftq"];

    /// <summary>The modules in the order of a layer's computation, which is how they are listed.</summary>
    private static readonly string[] ModuleOrder = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>A pattern that needs longer than this for a module's path was written to hang its reader.</summary>
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly int _rank;
    private readonly double _alpha;
    private readonly bool _usesRslora;
    private readonly IReadOnlyList<(Regex Modules, int Rank)> _ranks;
    private readonly IReadOnlyList<(Regex Modules, double Alpha)> _alphas;

    private PeftConfig(string path, JsonElement json)
    {
        _path = path;
        if (json.Text("peft_type") is not "LORA" and var type)
            throw new FormatException($"the adapter's peft_type is '{type ?? "not given"}', and only LORA is supported");
        foreach (var option in Unsupported)
        {
            if (IsSet(json.Member(option)))
                throw new FormatException($"the adapter uses '{option}', which is not supported");
        }
        if (json.Text("bias") is not (null or "none"))
            throw new FormatException("the adapter trains biases ('bias'), which is not supported");
        if (json.Member("init_lora_weights") is { ValueKind: JsonValueKind.String } init
            && BaseChangingInitializations.Any(name => init.GetString()!.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new FormatException($"the adapter's 'init_lora_weights' is '{init.GetString()}', which changes the base model too");
        }

        _rank = Rank(json.RequiredInteger("r"));
        _alpha = Alpha("lora_alpha", json.RequiredNumber("lora_alpha"));
        _usesRslora = json.Boolean("use_rslora") == true;
        _ranks = [.. Patterns(json, "rank_pattern").Select(pattern => (pattern.Modules, Rank(pattern.Values.RequiredInteger(pattern.Key))))];
        _alphas =
            [.. Patterns(json, "alpha_pattern").Select(pattern => (pattern.Modules, Alpha(pattern.Key, pattern.Values.RequiredNumber(pattern.Key))))];
    }

    /// <exception cref="CheckpointException">The file is damaged or names an option that is not supported.</exception>
    public static PeftConfig Read(string path) => JsonFile.Read(path, json => new PeftConfig(path, json));

    /// <summary>What a module's pair must have: of each list the first pattern that matches decides, else the adapter's own values.</summary>
    /// <param name="module">A path such as "model.layers.0.self_attn.q_proj".</param>
    /// <exception cref="CheckpointException">A pattern takes too long.</exception>
    public LoraSettings SettingsOf(string module)
    {
        try
        {
            var rank = _ranks.Where(pattern => pattern.Modules.IsMatch(module)).Select(pattern => pattern.Rank).FirstOrDefault(_rank);
            var alpha = _alphas.Where(pattern => pattern.Modules.IsMatch(module)).Select(pattern => pattern.Alpha).FirstOrDefault(_alpha);
            return new LoraSettings(rank, _usesRslora ? alpha * Math.Sqrt(rank) : alpha);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new CheckpointException(_path, $"a pattern takes too long to match '{module}'", "Write it without nested repetitions.", e);
        }
    }

    /// <summary>
    /// Writes the configuration of an adapter. Where modules differ, the commonest rank and alpha are the adapter's own and the
    /// patterns name the other modules.
    /// </summary>
    public static void Write(string path, LoraAdapter adapter, string baseModel) => AtomicFile.Write(path, stream =>
    {
        var modules = adapter.Modules.OrderBy(module => module.Key, StringComparer.Ordinal).ToList();
        var common = modules.GroupBy(module => module.Value.Settings).MaxBy(group => group.Count())?.Key ?? new LoraSettings(1, 1);
        using var json = new Utf8JsonWriter(stream, new() { Indented = true });
        json.WriteStartObject();
        json.WriteString("peft_type", "LORA");
        json.WriteString("task_type", "CAUSAL_LM");
        json.WriteString("base_model_name_or_path", baseModel);
        json.WriteNull("revision");
        json.WriteBoolean("inference_mode", true);
        json.WriteNumber("r", common.Rank);
        json.WriteNumber("lora_alpha", common.Alpha);
        json.WriteNumber("lora_dropout", 0.0);
        json.WriteString("bias", "none");
        json.WriteStartArray("target_modules");
        foreach (var module in TargetModules(adapter.Modules.Keys))
            json.WriteStringValue(module);
        json.WriteEndArray();
        json.WriteNull("modules_to_save");
        json.WriteBoolean("fan_in_fan_out", false);
        json.WriteBoolean("use_rslora", false);
        json.WriteBoolean("use_dora", false);

        // Dots stay unescaped: as wildcards they match no other module of a Llama, and older releases of peft know a whole path only so.
        json.WriteStartObject("rank_pattern");
        foreach (var (module, pair) in modules.Where(module => module.Value.Settings.Rank != common.Rank))
            json.WriteNumber(module, pair.Settings.Rank);
        json.WriteEndObject();
        json.WriteStartObject("alpha_pattern");
        foreach (var (module, pair) in modules.Where(module => module.Value.Settings.Alpha != common.Alpha))
            json.WriteNumber(module, pair.Settings.Alpha);
        json.WriteEndObject();
        json.WriteNull("layers_to_transform");
        json.WriteBoolean("init_lora_weights", true);
        json.WriteEndObject();
    });

    private static int Rank(int rank) =>
        rank is >= 1 and <= LargestRank ? rank : throw new FormatException($"the rank {rank} is out of range");

    private static double Alpha(string name, double alpha) =>
        double.IsFinite(alpha) ? alpha : throw new FormatException($"{name} {alpha} is out of range");

    /// <summary>The keys of an object as peft reads them: each must match the end of a module's path, from a dot on.</summary>
    private static IEnumerable<(Regex Modules, string Key, JsonElement Values)> Patterns(JsonElement json, string option)
    {
        if (json.Member(option) is not { } values)
            yield break;
        foreach (var key in values.EnumerateObject().Select(pattern => pattern.Name))
            yield return (Pattern(option, key), key, values);
    }

    private static Regex Pattern(string option, string key)
    {
        if (key.Length > LongestPattern)
            throw new FormatException($"a pattern of '{option}' has {key.Length} characters");
        var whole = $@"^(.*\.)?({key})$";
        try
        {
            return new Regex(whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, LongestMatch);
        }
        catch (NotSupportedException)
        {
            // Looking around and referring back need the engine that can take exponential time, which the limit ends.
            return new Regex(whole, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (RegexParseException e)
        {
            throw new FormatException($"'{key}' of '{option}' is no regular expression ({e.Error})", e);
        }
    }

    /// <summary>
    /// The modules' last names where every layer from the first on has the same ones, else their full paths; peft takes either.
    /// </summary>
    private static List<string> TargetModules(IEnumerable<string> modules)
    {
        var paths = modules.Order(StringComparer.Ordinal).ToList();
        var names = paths
            .Select(path => path[(path.LastIndexOf('.') + 1)..])
            .Distinct()
            .OrderBy(Position)
            .ThenBy(name => name, StringComparer.Ordinal)
            .ToList();
        var layers = paths.Select(LayerOf).ToHashSet();
        var everywhere = paths.Count == names.Count * layers.Count
            && Enumerable.Range(0, layers.Count).All(layer => layers.Contains($"model.layers.{layer}"));
        return everywhere ? names : paths;

        static int Position(string name) => Array.IndexOf(ModuleOrder, name) is var index and >= 0 ? index : ModuleOrder.Length;

        // "model.layers.3.mlp.up_proj" is of layer "model.layers.3".
        static string LayerOf(string path) => string.Join('.', path.Split('.').Take(3));
    }

    private static bool IsSet(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
        { ValueKind: JsonValueKind.Object } members => members.EnumerateObject().Any(),
        _ => true,
    };
}
