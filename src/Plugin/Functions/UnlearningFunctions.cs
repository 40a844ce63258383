using System.Collections.Frozen;
using System.ComponentModel;
using Microsoft.SemanticKernel;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Policies;

namespace Unlearning.Plugin.Functions;

/// <summary>The kernel plugin <c>unlearning</c>: what a model, or an operator through a kernel, can ask of the remediation loop.</summary>
/// <remarks>
/// The functions return small records without any captured text. Those that change something take a reason for the record, and a
/// model does not call them on its own unless <see cref="UnlearningFunctionOptions.AutoInvoke"/> says so: offer a model
/// <see cref="ReadOnly"/>, and keep <see cref="MutatingFunctionGuard"/> registered.
/// </remarks>
public sealed class UnlearningFunctions
{
    /// <summary>The plugin's name in a kernel.</summary>
    public const string PluginName = "unlearning";

    private const string StartName = "start_unlearning_run";
    private const string RollbackName = "rollback_model";
    private const string ReportName = "report_incident";

    private static readonly FrozenSet<string> _mutatingMethods = FrozenSet.Create(
        StringComparer.Ordinal, nameof(StartUnlearningRunAsync), nameof(RollbackModelAsync), nameof(ReportIncidentAsync));

    private readonly IUnlearningRuns _runs;
    private readonly IIncidentSink _sink;
    private readonly IPolicySource _policies;
    private readonly TimeProvider _time;

    /// <summary>Creates the functions.</summary>
    /// <param name="runs">The host's runs.</param>
    /// <param name="sink">Where reported incidents go.</param>
    /// <param name="policies">What reported incidents are filed under.</param>
    /// <param name="time">The clock.</param>
    public UnlearningFunctions(IUnlearningRuns runs, IIncidentSink sink, IPolicySource policies, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(time);
        _runs = runs;
        _sink = sink;
        _policies = policies;
        _time = time;
    }

    /// <summary>Gets the names of the functions that change something.</summary>
    public static IReadOnlySet<string> MutatingNames { get; } =
        new[] { StartName, RollbackName, ReportName }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Tells whether a function is one of those that change something, under whatever name it was put into a kernel.</summary>
    /// <param name="function">Any kernel function.</param>
    /// <returns>True when a model should not call it on its own.</returns>
    public static bool IsMutating(KernelFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.UnderlyingMethod is { } method
            && method.DeclaringType == typeof(UnlearningFunctions)
            && _mutatingMethods.Contains(method.Name);
    }

    /// <summary>Gives the functions of a plugin that change nothing: those to offer a model for automatic invocation.</summary>
    /// <param name="plugin">A plugin made of this class, alone or with others.</param>
    /// <returns>The functions, for <c>FunctionChoiceBehavior.Auto(functions)</c>.</returns>
    public static IReadOnlyList<KernelFunction> ReadOnly(KernelPlugin plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        return [.. plugin.Where(function => !IsMutating(function))];
    }

    /// <summary>Starts a run, unless one is active.</summary>
    [KernelFunction(StartName)]
    [Description("Starts an unlearning run, which removes confirmed harmful answers from the model. "
        + "If a run is active, returns that one instead of starting a second.")]
    [return: Description("The run that was started, or the one that was already active.")]
    public Task<RunStatus> StartUnlearningRunAsync(
        [Description("Why the run is needed, in one sentence; kept in the audit record.")] string reason,
        [Description("Your own id of this request, so that repeating it starts no second run. Optional.")] string? requestId = null,
        CancellationToken cancellationToken = default) =>
        _runs.StartAsync(new StartRunRequest(Given(reason), requestId), cancellationToken);

    /// <summary>Gets one run.</summary>
    [KernelFunction("get_run_status")]
    [Description("Gets the state, stage, progress, losses, angles between gradients, time left, verdict and next step of one unlearning run.")]
    [return: Description("The run's status; it contains no captured text.")]
    public async Task<RunStatus> GetRunStatusAsync(
        [Description("The run's id, as returned by start_unlearning_run or list_runs.")] string runId,
        CancellationToken cancellationToken = default) =>
        await _runs.GetAsync(runId, cancellationToken).ConfigureAwait(false) ?? throw UnknownRun(runId);

    /// <summary>Lists the latest runs.</summary>
    [KernelFunction("list_runs")]
    [Description("Lists unlearning runs, the newest first.")]
    [return: Description("The runs' statuses.")]
    public Task<IReadOnlyList<RunStatus>> ListRunsAsync(
        [Description("How many runs to list, from 1 to 50.")] int limit = 10,
        CancellationToken cancellationToken = default) =>
        _runs.ListAsync(Math.Clamp(limit, 1, 50), cancellationToken);

    /// <summary>Explains the gates' verdicts.</summary>
    [KernelFunction("explain_gate")]
    [Description("Explains, gate by gate, why a run's candidate model passed or failed its evaluation gates.")]
    [return: Description("The overall verdict (pass, fail or inconclusive) and one sentence for each gate.")]
    public async Task<GateExplanation> ExplainGateAsync(
        [Description("The run's id, as returned by start_unlearning_run or list_runs.")] string runId,
        CancellationToken cancellationToken = default) =>
        await _runs.ExplainGateAsync(runId, cancellationToken).ConfigureAwait(false)
        ?? throw new ArgumentException($"There is no run '{runId}', or its candidate has not reached the gates.", nameof(runId));

    /// <summary>Puts the release before the live one back.</summary>
    [KernelFunction(RollbackName)]
    [Description("Rolls the assistant back to the model release that was live before the current one.")]
    [return: Description("The release that was live, and the one that is live now.")]
    public Task<RollbackResult> RollbackModelAsync(
        [Description("Why the rollback is needed, in one sentence; kept in the audit record.")] string reason,
        CancellationToken cancellationToken = default) =>
        _runs.RollbackAsync(Given(reason), cancellationToken);

    /// <summary>Reports an answer that a person found harmful; a reviewer confirms it before anything is unlearned.</summary>
    [KernelFunction(ReportName)]
    [Description("Reports an answer of the assistant that a person found harmful. A reviewer confirms it before anything is unlearned.")]
    [return: Description("The id of the report and the policies it was filed under.")]
    public async Task<IncidentReceipt> ReportIncidentAsync(
        [Description("What the user asked, word for word.")] string prompt,
        [Description("What the assistant answered, word for word.")] string answer,
        [Description("Why the answer is harmful, in one sentence; kept in the incident's record.")] string reason,
        [Description("The name of the policy it breaks, such as self-harm. Leave out to let the policies decide.")] string? policy = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(answer);
        PolicySet policies = _policies.Current;
        IncidentReport report = FeedbackReport.Of(
            new AnswerFeedback { Rating = UserRating.Down, Prompt = prompt, Answer = answer, Reason = Given(reason), Policy = policy }, policies, _time);
        if (report.Matches.Count == 0)
        {
            string names = string.Join(", ", policies.Policies.Select(known => known.Name));
            throw new ArgumentException($"No policy recognizes this exchange. Name the policy it breaks: {names}.", nameof(policy));
        }

        report = report with { Interaction = report.Interaction with { Function = $"{PluginName}-{ReportName}" } };
        await _sink.ReportAsync(report, cancellationToken).ConfigureAwait(false);
        return new IncidentReceipt(report.Interaction.Id, [.. report.Matches.Select(match => match.Policy)]);
    }

    private static string Given(string reason) => string.IsNullOrWhiteSpace(reason)
        ? throw new ArgumentException("Say why, in one sentence: the reason is kept in the record.", nameof(reason))
        : reason.Trim();

    private static ArgumentException UnknownRun(string runId) =>
        new($"There is no run '{runId}'. Call list_runs for the ids of the latest ones.", nameof(runId));
}
