using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;

namespace Unlearning.Host.Tests.Api;

/// <summary>What apps elsewhere report to a Host, the policy under which it captures by itself, and what it stored.</summary>
internal static class Reported
{
    /// <summary>A policy of the Host that judges prompts, so that what it is asked goes through capture.</summary>
    public const string Policy = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.0.0}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [prompt]}
          detect: {prompt: {any_of: [{name: forbidden, terms: [forbidden]}]}}
          severity: {default: 2}
          enforcement: {mode: observe}
          review: {}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """;

    /// <summary>The body of a batch.</summary>
    public static string Batch(params JsonObject[] records) => new JsonObject { ["incidents"] = new JsonArray([.. records]) }.ToJsonString();

    /// <summary>A record of a harmful answer under a policy that is the app's own.</summary>
    public static JsonObject Record(string id, string prompt, string hazard = "their:hazard") => new()
    {
        ["id"] = id,
        ["at"] = "2026-03-01T12:00:00Z",
        ["prompt"] = prompt,
        ["answer"] = "Like this.",
        ["release_id"] = "base",
        ["model_id"] = "fake-135m",
        ["subject"] = "jane",
        ["complete"] = true,
        ["policy_revision"] = "theirs",
        ["matches"] = new JsonArray(new JsonObject
        {
            ["policy"] = "anything",
            ["policy_version"] = "9.9.9",
            ["hazard"] = hazard,
            ["severity"] = 3,
            ["prompt_matched"] = true,
            ["answer_matched"] = true,
            ["detectors"] = new JsonArray("answer/steps"),
            ["remediation_enabled"] = true,
            ["refusal_text"] = "No.",
        }),
    };

    /// <summary>The incidents that the Host has.</summary>
    public static Task<IReadOnlyList<Incident>> StoredAsync(ApiHost host) =>
        host.Services.GetRequiredService<IncidentStore>().ListAsync(null, 100);
}
