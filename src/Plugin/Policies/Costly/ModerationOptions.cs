namespace Unlearning.Plugin.Policies.Costly;

/// <summary>An endpoint in the form of OpenAI's moderation API.</summary>
public sealed class ModerationOptions
{
    /// <summary>Gets or sets the endpoint, such as <c>https://api.openai.com/v1/moderations</c>; null when there is none.</summary>
    public Uri? Url { get; set; }

    /// <summary>Gets or sets the key that is sent as a bearer token; null for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets the model that is named in the request; null for the endpoint's own.</summary>
    public string? Model { get; set; }
}
