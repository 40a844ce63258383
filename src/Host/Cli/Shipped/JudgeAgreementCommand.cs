using System.CommandLine;
using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Evaluation.Judges;

namespace Unlearning.Host.Cli.Shipped;

/// <summary>The hidden verb <c>judge-agreement</c>: how well the judges of harm agree with labelled answers.</summary>
internal static class JudgeAgreementCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo> data = new("--data") { Description = "The folder with the data sets.", Required = true };
        Option<FileInfo> labels = new("--labels")
        {
            Description = "The project's own refusal labels.",
            DefaultValueFactory = _ => new FileInfo(Path.Combine("src", "Host", "Evaluation", "Models", "refusal_labels.jsonl")),
        };
        Option<string?> model = new("--model") { Description = "A .gguf file or a Hugging Face folder of a model that judges, too." };
        Option<int> take = new("--take")
        {
            Description = "How many answers of each set that model judges at most.",
            DefaultValueFactory = _ => int.MaxValue,
        };
        Command command = new("judge-agreement", "Prints how well each judge of harm agrees with labelled answers.") { Hidden = true };
        command.Options.Add(data);
        command.Options.Add(labels);
        command.Options.Add(model);
        command.Options.Add(take);
        return Verb.Of(command, (result, cancellationToken) => RunAsync(
            result.GetRequiredValue(data).FullName,
            result.GetRequiredValue(labels).FullName,
            result.GetValue(model),
            result.GetRequiredValue(take),
            result.InvocationConfiguration.Output,
            cancellationToken));
    }

    private static async Task<int> RunAsync(
        string data, string labels, string? model, int take, TextWriter console, CancellationToken cancellationToken)
    {
        console.WriteLine(JudgeAgreement.Header);
        foreach (string line in await JudgeAgreement.ShippedAsync(data, labels).ConfigureAwait(false))
            console.WriteLine(line);
        if (model is null)
            return 0;
        using LlamaEngine engine = await LlamaEngine.LoadAsync(new EngineOptions { Model = model }, cancellationToken).ConfigureAwait(false);
        using LlamaChatClient client = new(engine, adapter: null);
        foreach (string line in await JudgeAgreement.LinesAsync(new ChatHarmJudge(client), data, take, cancellationToken).ConfigureAwait(false))
            console.WriteLine(line);
        return 0;
    }
}
