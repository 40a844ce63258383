namespace Unlearning.Engine.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">system, user, assistant, or another role the model knows.</param>
/// <param name="Content">What was said. It is text and nothing else: strings that look like control tokens stay text.</param>
public readonly record struct ChatTurn(string Role, string Content);
