using System.Text;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>
/// Lays a conversation out as the model was trained to see it. Control tokens come from the template alone: what roles and contents say
/// is encoded as plain text, so that no user can close a turn or open a system one.
/// </summary>
public abstract class ChatTemplate
{
    /// <summary>What to do about a template that is unknown or absent.</summary>
    internal const string HowToChoose =
        "Set Engine:ChatTemplate to 'chatml' or 'llama3' if the model was trained on one of these layouts, or use another model.";

    private protected ChatTemplate()
    {
    }

    /// <summary>A short name for logs.</summary>
    public abstract string Name { get; }

    /// <summary>The control tokens that end an answer, the usual one first. Those that a tokenizer lacks are left out.</summary>
    private protected abstract IReadOnlyList<string> EndTokens { get; }

    /// <summary>Finds the template that renders exactly as a model's Jinja source does.</summary>
    /// <param name="jinjaTemplate">The <c>chat_template</c> of the model.</param>
    /// <param name="whereItCameFrom">The file that holds it, for the message.</param>
    /// <exception cref="CheckpointException">The source is neither ChatML nor Llama-3's, or renders things that these do not.</exception>
    public static ChatTemplate Recognize(string jinjaTemplate, string whereItCameFrom)
    {
        const int LongestTemplate = 1 << 15; // the known ones are far shorter, and patterns take their time on what a damaged file holds
        var source = jinjaTemplate.Length <= LongestTemplate ? JinjaSource.Normalize(jinjaTemplate) : "";
        return (ChatTemplate?)ChatMlTemplate.TryRecognize(source) ?? Llama3Template.TryRecognize(source) ?? throw new CheckpointException(
            whereItCameFrom,
            "the chat template is neither ChatML nor Llama-3's, and another layout would make the model answer badly",
            HowToChoose);
    }

    /// <summary>The template that a setting names, or the one that the model brings.</summary>
    /// <param name="name"><c>auto</c>, <c>chatml</c> or <c>llama3</c>, in any case.</param>
    /// <param name="checkpoint">The model.</param>
    /// <exception cref="CheckpointException">The model's own is asked for, and it has none or one that is not known.</exception>
    /// <exception cref="ArgumentException">There is no template of that name.</exception>
    public static ChatTemplate Choose(string name, ICheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(checkpoint);
        return name.ToUpperInvariant() switch
        {
            "AUTO" => Recognize(
                checkpoint.ChatTemplate ?? throw new CheckpointException(checkpoint.Path, "the model brings no chat template", HowToChoose),
                checkpoint.Path),
            "CHATML" => new ChatMlTemplate(null),
            "LLAMA3" => new Llama3Template(),
            _ => throw new ArgumentException($"Engine:ChatTemplate is '{name}'. Use auto, chatml or llama3.", nameof(name)),
        };
    }

    /// <summary>The conversation as text, for people and logs; encode with <see cref="Encode"/>, not from this.</summary>
    public string Render(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt) =>
        string.Concat(Lay(turns, addGenerationPrompt).Select(part => part.Text));

    /// <summary>The conversation as ids.</summary>
    /// <param name="turns">Oldest first.</param>
    /// <param name="addGenerationPrompt">Whether to open the assistant's turn, for it to be continued.</param>
    /// <param name="tokenizer">The model's own.</param>
    /// <exception cref="ArgumentException">The tokenizer lacks a control token of the template.</exception>
    public int[] Encode(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt, Tokenizer tokenizer)
    {
        var ids = new List<int>();
        var text = new StringBuilder();
        foreach (var part in Lay(turns, addGenerationPrompt))
        {
            if (!part.IsControl)
            {
                text.Append(part.Text);
                continue;
            }
            EncodeText();
            ids.Add(tokenizer.TryGetTokenId(part.Text, out var id)
                ? id
                : throw new ArgumentException($"The tokenizer has no {part.Text}, which the {Name} template needs.", nameof(tokenizer)));
        }
        EncodeText();
        return [.. ids];

        // Template text and content that touch are encoded together, for tokens may span them.
        void EncodeText()
        {
            if (text.Length > 0)
                ids.AddRange(tokenizer.Encode(text.ToString()));
            text.Clear();
        }
    }

    /// <summary>Ids that end an answer, the usual one first.</summary>
    public IReadOnlyList<int> StopTokens(Tokenizer tokenizer)
    {
        var ids = new List<int>();
        foreach (var token in EndTokens)
        {
            if (tokenizer.TryGetTokenId(token, out var id))
                ids.Add(id);
        }
        return ids;
    }

    private protected abstract IEnumerable<TemplatePart> Lay(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt);
}
