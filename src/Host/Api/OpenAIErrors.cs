namespace Unlearning.Host.Api;

/// <summary>Marks an endpoint whose errors have OpenAI's form, as its clients expect; all others answer with problem details.</summary>
internal sealed class OpenAIErrors
{
    /// <summary>The mark.</summary>
    public static OpenAIErrors Mark { get; } = new();
}
