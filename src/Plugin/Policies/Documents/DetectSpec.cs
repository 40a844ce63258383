namespace Unlearning.Plugin.Policies.Documents;

internal sealed record DetectSpec
{
    public DetectorSpec? Prompt { get; init; }

    public DetectorSpec? Answer { get; init; }

    public bool AnswerAlone { get; init; }
}
