using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the configured model is there, with tokenizer and template; in full, whether it loads.</summary>
internal sealed class ModelCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "model";

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        EngineOptions options = installation.Settings<EngineOptions>(EngineOptions.SectionName);
        options.Model = installation.Model;
        try
        {
            using ICheckpoint checkpoint = Checkpoint.Open(options.Model);
            Tokenizer tokenizer = Tokenizer.FromCheckpoint(checkpoint);
            ChatTemplate template = ChatTemplate.Choose(options.ChatTemplate, checkpoint);
            string what = $"{checkpoint.Path}: {checkpoint.Config.LayerCount} layers, every tensor is there; template {template.Name}";
            if (template.StopTokens(tokenizer).Count == 0)
                return Finding.Problem($"{what}, but its tokenizer has no token that ends a turn.", "Set Engine:ChatTemplate to the template it was trained with.");
            if (!installation.Full)
                return Finding.Ok($"{what}. Use --full to load it.");
            using LlamaEngine engine = await LlamaEngine.LoadAsync(options, cancellationToken).ConfigureAwait(false);
            return Finding.Ok($"{what}; it loads. SHA-256 {engine.BaseHash}.");
        }
        catch (CheckpointException failure)
        {
            return Finding.Problem(failure.Message, "Put the model's files back, or point Engine:Model at a .gguf file or a Hugging Face folder.");
        }
    }
}
