using System.Text.Json;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Runs.Stages;

/// <summary>What the evaluation found. No text of either model.</summary>
/// <param name="Options">What was measured.</param>
/// <param name="Report">The numbers.</param>
internal sealed record Evaluated(JsonElement Options, EvaluationReport Report);
