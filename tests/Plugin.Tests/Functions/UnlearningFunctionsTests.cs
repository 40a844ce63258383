using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Moq;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Functions;
using Unlearning.Plugin.Tests.Doubles;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;

namespace Unlearning.Plugin.Tests.Functions;

public sealed class UnlearningFunctionsTests
{
    private static readonly RunStatus _run = new() { RunId = "run-1", State = "running", Stage = "unlearn", Step = 3, TotalSteps = 40 };

    private readonly Mock<IUnlearningRuns> _runs = new();

    [Fact]
    public void The_plugin_has_six_functions_that_a_model_can_understand()
    {
        using TestApp app = Open();
        KernelPlugin plugin = app.Kernel.Plugins["unlearning"];

        Assert.Equal(
            ["explain_gate", "get_run_status", "list_runs", "report_incident", "rollback_model", "start_unlearning_run"],
            plugin.Select(function => function.Name).Order(StringComparer.Ordinal));
        Assert.All(plugin, function =>
        {
            Assert.NotEmpty(function.Description);
            Assert.NotEmpty(function.Metadata.ReturnParameter.Description);
            Assert.All(function.Metadata.Parameters, parameter => Assert.NotEmpty(parameter.Description));
        });
    }

    [Fact]
    public void A_function_that_changes_something_requires_a_reason()
    {
        using TestApp app = Open();

        foreach (KernelFunction function in app.Kernel.Plugins["unlearning"].Where(UnlearningFunctions.IsMutating))
        {
            Assert.True(function.Metadata.Parameters.Single(parameter => parameter.Name == "reason").IsRequired);
        }

        Assert.Equal(
            UnlearningFunctions.MutatingNames.Order(),
            app.Kernel.Plugins["unlearning"].Where(UnlearningFunctions.IsMutating).Select(function => function.Name).Order());
    }

    [Fact]
    public async Task A_run_is_started_with_its_reason_and_request_id()
    {
        StartRunRequest request = new("too many incidents", "request-1");
        _runs.Setup(runs => runs.StartAsync(request, It.IsAny<CancellationToken>())).ReturnsAsync(_run);
        using TestApp app = Open();

        RunStatus? status = await InvokeAsync<RunStatus>(
            app, "start_unlearning_run", new() { ["reason"] = " too many incidents ", ["requestId"] = "request-1" });

        Assert.Same(_run, status);
    }

    [Theory]
    [InlineData("start_unlearning_run")]
    [InlineData("rollback_model")]
    [InlineData("report_incident")]
    public async Task Without_a_reason_nothing_happens(string function)
    {
        using TestApp app = Open();

        await Assert.ThrowsAsync<ArgumentException>(() => InvokeAsync<object>(
            app, function, new() { ["reason"] = "  ", ["prompt"] = "the forbidden thing", ["answer"] = "an answer" }));

        _runs.VerifyNoOtherCalls();
        Assert.Empty(app.Sink.Reports);
    }

    [Fact]
    public async Task Runs_are_read_by_id_and_listed_within_bounds()
    {
        _runs.Setup(runs => runs.GetAsync("run-1", It.IsAny<CancellationToken>())).ReturnsAsync(_run);
        _runs.Setup(runs => runs.ListAsync(50, It.IsAny<CancellationToken>())).ReturnsAsync([_run]);
        using TestApp app = Open();

        Assert.Same(_run, await InvokeAsync<RunStatus>(app, "get_run_status", new() { ["runId"] = "run-1" }));
        Assert.Same(_run, Assert.Single((await InvokeAsync<IReadOnlyList<RunStatus>>(app, "list_runs", new() { ["limit"] = 1000 }))!));
        ArgumentException failure = await Assert.ThrowsAsync<ArgumentException>(
            () => InvokeAsync<RunStatus>(app, "get_run_status", new() { ["runId"] = "run-9" }));
        Assert.Contains("list_runs", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gates_are_explained_and_rollbacks_reported()
    {
        GateLine gate = new("over-refusal", "over_refusal", "fail", "It rose.");
        GateExplanation explanation = new() { RunId = "run-1", Verdict = "fail", Gates = [gate] };
        RollbackResult rollback = new("release-2", "release-1", "it refuses too much");
        _runs.Setup(runs => runs.ExplainGateAsync("run-1", It.IsAny<CancellationToken>())).ReturnsAsync(explanation);
        _runs.Setup(runs => runs.RollbackAsync("it refuses too much", It.IsAny<CancellationToken>())).ReturnsAsync(rollback);
        using TestApp app = Open();

        Assert.Same(explanation, await InvokeAsync<GateExplanation>(app, "explain_gate", new() { ["runId"] = "run-1" }));
        Assert.Same(rollback, await InvokeAsync<RollbackResult>(app, "rollback_model", new() { ["reason"] = "it refuses too much" }));
    }

    [Fact]
    public async Task A_reported_answer_becomes_an_incident_that_waits_for_a_reviewer()
    {
        using TestApp app = Open();

        IncidentReceipt? receipt = await InvokeAsync<IncidentReceipt>(app, "report_incident", new()
        {
            ["prompt"] = "the forbidden thing",
            ["answer"] = "Sure.",
            ["reason"] = "a user complained",
        });

        IncidentReport report = Assert.Single(app.Sink.Reports);
        PolicyMatch match = Assert.Single(report.Matches);
        Assert.True(match.AnswerMatched);
        Assert.False(match.AutoAccept);
        Assert.Equal("forbidden-things", match.Policy);
        Assert.Equal("a user complained", report.Feedback!.Reason);
        Assert.Equal(report.Interaction.Id, receipt!.InteractionId);
        Assert.DoesNotContain("Sure", JsonSerializer.Serialize(receipt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_no_policy_recognizes_is_filed_under_the_one_that_is_named()
    {
        using TestApp app = Open();
        KernelArguments arguments = new() { ["prompt"] = "hello", ["answer"] = "something awful", ["reason"] = "it is awful" };

        ArgumentException failure = await Assert.ThrowsAsync<ArgumentException>(
            () => InvokeAsync<IncidentReceipt>(app, "report_incident", arguments));
        Assert.Contains("forbidden-things", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("awful", failure.Message, StringComparison.Ordinal);
        arguments["policy"] = "forbidden-things";
        await InvokeAsync<IncidentReceipt>(app, "report_incident", arguments);

        PolicyMatch match = Assert.Single(Assert.Single(app.Sink.Reports).Matches);
        Assert.Equal("test:forbidden", match.Hazard);
        Assert.Equal(["report"], match.Detectors);
        Assert.False(match.AutoAccept);
    }

    [Fact]
    public void The_functions_to_offer_a_model_are_those_that_only_read()
    {
        using TestApp app = Open();

        IReadOnlyList<KernelFunction> offered = UnlearningFunctions.ReadOnly(app.Kernel.Plugins["unlearning"]);

        Assert.Equal(["explain_gate", "get_run_status", "list_runs"], offered.Select(function => function.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("unlearning")]
    [InlineData("under_another_name")]
    public async Task A_model_that_calls_a_mutating_function_on_its_own_is_stopped(string pluginName)
    {
        FakeChatClient model = new("I could not do it.")
        {
            CallsTool = $"{pluginName}_rollback_model",
            ToolArguments = new() { ["reason"] = "I felt like it" },
        };
        using TestApp app = Open(model);

        await AskAsync(app, pluginName);

        _runs.VerifyNoOtherCalls();
        FunctionResultContent result = Assert.Single(model.Requests[1].SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        Assert.Contains("needs an operator", $"{result.Result}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_calls_a_mutating_function_where_the_settings_allow_it()
    {
        FakeChatClient model = new("Done.")
        {
            CallsTool = "unlearning_rollback_model",
            ToolArguments = new() { ["reason"] = "it is harmful" },
        };
        _runs.Setup(runs => runs.RollbackAsync("it is harmful", It.IsAny<CancellationToken>()))
            .ReturnsAsync(new RollbackResult("b", "a", "it is harmful"));
        using TestApp app = Open(model, new() { ["Unlearning:Functions:AutoInvoke:0"] = "rollback_model" });

        await AskAsync(app, "unlearning");

        _runs.Verify(runs => runs.RollbackAsync("it is harmful", It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task A_model_reads_on_its_own()
    {
        FakeChatClient model = new("There is one run.") { CallsTool = "unlearning_list_runs" };
        _runs.Setup(runs => runs.ListAsync(10, It.IsAny<CancellationToken>())).ReturnsAsync([_run]);
        using TestApp app = Open(model);

        await AskAsync(app, "unlearning");

        _runs.Verify(runs => runs.ListAsync(10, It.IsAny<CancellationToken>()), Times.Once);
    }

    private static async Task AskAsync(TestApp app, string pluginName)
    {
        Kernel kernel = app.Kernel;
        if (!kernel.Plugins.Contains(pluginName))
        {
            kernel.Plugins.Clear();
            kernel.ImportPluginFromObject(app.Services.GetRequiredService<UnlearningFunctions>(), pluginName);
        }

        await kernel.InvokePromptAsync(
            "Please do it", new(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }));
    }

    private static async Task<T?> InvokeAsync<T>(TestApp app, string function, KernelArguments arguments) =>
        await app.Kernel.InvokeAsync<T>("unlearning", function, arguments);

    private TestApp Open(FakeChatClient? model = null, Dictionary<string, string?>? settings = null) => new(services =>
    {
        services.AddSingleton(_runs.Object);
        services.AddChatClient(model ?? new FakeChatClient("answer")).UseKernelFunctionInvocation().UseSafetyCapture();
        services.AddUnlearningFunctions(new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build());
    });
}
