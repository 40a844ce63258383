using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Experiments.Recipes;

/// <summary>Reads an experiment file and finds everything that is wrong with it before anything is computed or written.</summary>
internal sealed partial class ExperimentRecipeReader
{
    private static readonly string[] Keys =
        ["name", "description", "model", "device", "seeds", "data", "recipe", "tuning", "methods", "evaluation", "successive", "figures"];

    // An experiment has no judge to register, no gates that a second look could leave open, and no incidents.
    private static readonly string[] LeftOut =
        [nameof(EvaluationOptions.ModelJudge), nameof(EvaluationOptions.ExtensionPrompts), nameof(EvaluationOptions.EarlierIncidents)];

    private readonly List<PolicyError> _errors = [];
    private readonly SourceMap _places;
    private readonly string _folder;

    private ExperimentRecipeReader(string file, string folder) => (_places, _folder) = (new SourceMap(file), folder);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ExperimentRecipeException">It is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ExperimentRecipe Load(string path) => Read(File.ReadAllText(path), path);

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The file's path, for messages and for the relative paths in it.</param>
    /// <exception cref="ExperimentRecipeException">It is wrong.</exception>
    public static ExperimentRecipe Read(string text, string path)
    {
        ExperimentRecipeReader reader = new(path, Path.GetDirectoryName(Path.GetFullPath(path))!);
        ExperimentRecipe? recipe = reader.Read(text);
        return recipe is not null && reader._errors.Count == 0
            ? recipe
            : throw new ExperimentRecipeException([.. reader._errors.Distinct().OrderBy(error => error.Line).ThenBy(error => error.Column)]);
    }

    private ExperimentRecipe? Read(string text)
    {
        JsonNode? content = YamlReader.Read(text, _places, out PolicyError? malformed, "recipe");
        if (malformed is not null)
        {
            _errors.Add(malformed);
            return null;
        }

        if (content is not JsonObject root)
        {
            _errors.Add(_places.Error("", "This is no experiment", "Begin with 'name: my-experiment', see docs/experiments.md"));
            return null;
        }

        CheckKeys(root, "", Keys);
        int[] seeds = Numbers(root["seeds"], "/seeds", "seeds", number => number is >= 0 and <= int.MaxValue && number % 1 == 0, "whole numbers from 0")
            .Select(seed => (int)seed).ToArray();
        if (!root.ContainsKey("seeds"))
            seeds = [1];
        else if (root["seeds"] is null)
            _errors.Add(_places.KeyError("/seeds", "There is no seed", "Write a list, such as [1, 2]"));
        OptionKeys options = new(_places, _errors);
        IReadOnlyDictionary<string, OptionValue> shared = options.Read(
            typeof(RecipeOptions), root["recipe"], "/recipe", nameof(RecipeOptions.Seed), nameof(RecipeOptions.MinimumIncidents));
        RecipeOptions sharedRecipe = Recipe(shared, "/recipe");

        JsonObject? tuning = Mapping(root["tuning"], "/tuning");
        CheckKeys(tuning, "/tuning", "learning_rates", "seed", "steps");
        double[] rates = tuning?["learning_rates"] is { } list ? Rates(list, "/tuning/learning_rates") : [];
        JsonObject? data = Mapping(root["data"], "/data");
        CheckKeys(data, "/data", "forget", "test");
        JsonObject? test = Mapping(data?["test"], "/data/test");
        CheckKeys(test, "/data/test", "source", "count", "look_alikes", "ordinary");
        CheckKeys(Mapping(data?["forget"], "/data/forget"), "/data/forget", "source", "count");
        return new ExperimentRecipe
        {
            Name = Name(root["name"]),
            Folder = _folder,
            Description = Word(root["description"], "/description") ?? "",
            Model = Word(root["model"], "/model") is { } model && model != ExperimentRecipe.DefaultModel
                ? Path.GetFullPath(model.Replace('\0', '_'), _folder)
                : ExperimentRecipe.DefaultModel,
            Device = Word(root["device"], "/device"),
            Seeds = seeds,
            Forget = Source(data?["forget"] as JsonObject, "/data/forget", 64),
            Test = Source(test, "/data/test", 120),
            LookAlikes = Count(test?["look_alikes"], "/data/test/look_alikes", 80, 0),
            Ordinary = Count(test?["ordinary"], "/data/test/ordinary", 48, 0),
            TuningSeed = Count(tuning?["seed"], "/tuning/seed", seeds.FirstOrDefault(1), 0),
            TuningSteps = tuning?["steps"] is { } steps ? Count(steps, "/tuning/steps", 1, 1) : null,
            Shared = sharedRecipe,
            Methods = Methods(root, shared, rates.Length > 0 ? rates : [sharedRecipe.LearningRate], rates.Length > 0, options),
            Evaluation = Evaluation(root["evaluation"], options),
            Successive = Successive(Mapping(root["successive"], "/successive")),
            Figures = root["figures"] is null || Flag(root["figures"], "/figures"),
        };
    }

    private List<ExperimentMethod> Methods(
        JsonObject root, IReadOnlyDictionary<string, OptionValue> shared, double[] rates, bool tuned, OptionKeys options)
    {
        List<ExperimentMethod> methods = [];
        JsonObject? blocks = Mapping(root["methods"], "/methods");
        foreach ((string name, JsonNode? block) in blocks ?? [])
        {
            string at = $"/methods/{SourceMap.Escape(name)}";
            if (!FileName().IsMatch(name))
                _errors.Add(_places.KeyError(at, $"'{name}' cannot name a method", "Use lower-case letters, digits, '-' and '_'"));
            JsonObject? mapping = Mapping(block, at);
            if (name == ExperimentMethod.Base)
            {
                if (mapping is { Count: > 0 })
                    _errors.Add(_places.KeyError(at, "'base' is the untrained model", "Take its keys out, or give the method another name"));
                continue;
            }

            double[]? own = mapping?["learning_rates"] is { } list ? Rates(list, $"{at}/learning_rates") : null;
            string description = Word(mapping?["description"], $"{at}/description") ?? "";
            JsonObject? overrides = mapping?.DeepClone() as JsonObject;
            overrides?.Remove("learning_rates");
            overrides?.Remove("description");
            IReadOnlyDictionary<string, OptionValue> settings = options.Read(
                typeof(RecipeOptions), overrides, at, nameof(RecipeOptions.Seed), nameof(RecipeOptions.MinimumIncidents));
            Dictionary<string, OptionValue> merged = new(shared, StringComparer.OrdinalIgnoreCase);
            foreach ((string key, OptionValue value) in settings)
                merged[key] = value;
            RecipeOptions recipe = Recipe(merged, at);

            // A rate of the method's own wins over the shared list, which it could not have meant to be tuned by.
            bool fixedRate = settings.ContainsKey(nameof(RecipeOptions.LearningRate));
            if (fixedRate && own is not null)
                _errors.Add(_places.KeyError($"{at}/learning_rate", "Both learning_rate and learning_rates are given", "Keep one of them"));
            double[] tried = own ?? (fixedRate || !tuned ? [recipe.LearningRate] : rates);
            if (tried.Length > 0)
                recipe.LearningRate = tried[0];
            methods.Add(new ExperimentMethod(name, description, tried, recipe));
        }

        if (methods.Count == 0 && _errors.Count == 0)
            _errors.Add(_places.Error("/methods", "The experiment has no method", "Add 'methods:' with a name and its recipe below it"));
        return methods;
    }

    private RecipeOptions Recipe(IReadOnlyDictionary<string, OptionValue> settings, string at)
    {
        RecipeOptions recipe = new() { Folder = _folder };
        Bind(settings).Bind(recipe);
        ValidateOptionsResult checkedRecipe = new RecipeOptionsValidator().Validate(null, recipe);
        foreach (string failure in checkedRecipe.Failures ?? [])
            _errors.Add(Locate(failure, RecipeOptions.SectionName, settings, at));
        return recipe;
    }

    private EvaluationOptions Evaluation(JsonNode? block, OptionKeys options)
    {
        IReadOnlyDictionary<string, OptionValue> settings = options.Read(
            typeof(EvaluationOptions), block, "/evaluation", LeftOut);
        EvaluationOptions evaluation = new();
        Bind(settings).Bind(evaluation);
        ValidateOptionsResult checkedOptions = new EvaluationOptionsValidator(new ConfigurationBuilder().Build()).Validate(null, evaluation);
        foreach (string failure in checkedOptions.Failures ?? [])
            _errors.Add(Locate(failure, EvaluationOptions.SectionName, settings, "/evaluation"));
        return evaluation;
    }

    private static IConfigurationRoot Bind(IReadOnlyDictionary<string, OptionValue> settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value.Text))).Build();

    /// <summary>A validator's sentence ("Section:Key is 'value'. Do this.") as an error where the key stands, or at the nearest block.</summary>
    private PolicyError Locate(string failure, string section, IReadOnlyDictionary<string, OptionValue> settings, string at)
    {
        string rest = failure.StartsWith(section + ":", StringComparison.Ordinal) ? failure[(section.Length + 1)..] : failure;
        string[] sentence = rest.Split(" is '", 2);
        string key = sentence[0];
        string pointer = settings.TryGetValue(key, out OptionValue? setting) ? setting.Pointer
            : settings.FirstOrDefault(entry => entry.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)).Value?.Pointer ?? at;
        string what = sentence.Length == 2 ? sentence[1].Split("'. ", 2)[0] : "";
        string fix = sentence.Length == 2 && sentence[1].Split("'. ", 2) is [_, string rule] ? rule : rest;
        return _places.Error(pointer, $"{string.Join('.', key.Split(':').Select(OptionKeys.Snake))} is '{what}'", fix.TrimEnd('.'));
    }

    private PromptSource Source(JsonObject? block, string at, int count)
    {
        string source = Word(block?["source"], $"{at}/source") ?? PromptSource.Bundled;
        int taken = Count(block?["count"], $"{at}/count", count, 1);
        if (source is PromptSource.Bundled or PromptSource.PkuSafeRlhf)
            return new PromptSource(source, taken);
        if (!source.EndsWith(".jsonl", StringComparison.Ordinal))
        {
            _errors.Add(_places.Error(
                $"{at}/source",
                $"There is no source named '{source}'",
                PolicyFix.Nearest(
                    source,
                    [PromptSource.Bundled, PromptSource.PkuSafeRlhf],
                    $"Use {PromptSource.Bundled}, {PromptSource.PkuSafeRlhf}, or the path of a .jsonl file")));
            return new PromptSource(PromptSource.Bundled, taken);
        }

        string path = Path.GetFullPath(source.Replace('\0', '_'), _folder);
        if (!File.Exists(path))
            _errors.Add(_places.Error($"{at}/source", $"There is no file '{path}'", "Write its path relative to the recipe's folder"));
        return new PromptSource(path, taken);
    }

    private SuccessivePlan? Successive(JsonObject? block)
    {
        CheckKeys(block, "/successive", "runs", "incidents");
        return block is null ? null : new SuccessivePlan(
            Count(block["runs"], "/successive/runs", 10, 1), Count(block["incidents"], "/successive/incidents", 16, 1));
    }

    private string Name(JsonNode? name)
    {
        string word = Word(name, "/name") ?? "";
        if (!FileName().IsMatch(word))
        {
            _errors.Add(_places.Error(
                "/name",
                word.Length == 0 ? "The experiment has no name" : $"'{word}' cannot name a folder",
                "Add 'name:' with lower-case letters, digits, '-' and '_'"));
        }

        return word;
    }

    private double[] Rates(JsonNode? list, string at) => Numbers(list, at, "learning rates", rate => rate > 0, "positive numbers");

    private double[] Numbers(JsonNode? list, string at, string what, Func<double, bool> allowed, string expected)
    {
        if (list is null)
            return [];
        double?[] numbers = list is JsonArray array ? [.. array.Select(OptionKeys.Number)] : [];
        if (numbers.Length > 0 && numbers.All(number => number is { } value && allowed(value)) && numbers.Distinct().Count() == numbers.Length)
            return [.. numbers.OfType<double>()];
        _errors.Add(_places.Error(at, $"These should be {what}: {expected}, each once", "Write a list, such as [1, 2]"));
        return [];
    }

    private int Count(JsonNode? node, string at, int otherwise, int least)
    {
        if (node is null)
            return otherwise;
        if (OptionKeys.Number(node) is { } number && number >= least && number <= int.MaxValue && number % 1 == 0)
            return (int)number;
        string example = Math.Max(least, otherwise).ToString(CultureInfo.InvariantCulture);
        _errors.Add(_places.Error(at, $"'{node}' is not a whole number of at least {least}", $"Write one, such as {example}"));
        return otherwise;
    }

    private bool Flag(JsonNode? node, string at)
    {
        if (node is JsonValue value && value.TryGetValue(out bool flag))
            return flag;
        _errors.Add(_places.Error(at, $"'{node}' is not true or false", "Write true or false here"));
        return true;
    }

    private string? Word(JsonNode? node, string at)
    {
        if (node is null)
            return null;
        if (node is JsonValue value)
            return value.TryGetValue(out string? text) ? text : value.ToJsonString();
        _errors.Add(_places.Error(at, "This should be a word", "Write it after the colon"));
        return null;
    }

    private JsonObject? Mapping(JsonNode? node, string at)
    {
        if (node is not (null or JsonObject))
            _errors.Add(_places.Error(at, "This should be a mapping", "Write 'key: value' lines below it"));
        return node as JsonObject;
    }

    private void CheckKeys(JsonObject? mapping, string at, params string[] known)
    {
        foreach ((string key, _) in mapping ?? [])
        {
            if (!known.Contains(key))
                _errors.Add(_places.KeyError($"{at}/{SourceMap.Escape(key)}", $"Unknown key '{key}'", PolicyFix.Nearest(key, known)));
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}$")]
    private static partial Regex FileName();
}
