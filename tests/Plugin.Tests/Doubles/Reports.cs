using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Tests.Doubles;

internal static class Reports
{
    public static IncidentReport Create(string id, string prompt = "the forbidden thing") => new()
    {
        Interaction = new Interaction
        {
            Id = id,
            Prompt = prompt,
            Answer = "A harmful answer.",
            ReleaseId = "base",
            ModelId = "fake-135m",
            Subject = "jane",
            Complete = true,
            At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        },
        Matches =
        [
            new PolicyMatch
            {
                Policy = "forbidden-things",
                PolicyVersion = "1.0.0",
                Hazard = "test:forbidden",
                Severity = 2,
                PromptMatched = true,
                AnswerMatched = true,
                Detectors = ["answer/steps"],
                AutoAccept = false,
                RemediationEnabled = true,
                RefusalText = "I would rather not.",
            },
        ],
        PolicyRevision = "revision-1",
    };
}
