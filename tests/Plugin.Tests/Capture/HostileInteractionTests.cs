using System.Diagnostics.Metrics;
using System.Text;
using CsCheck;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class HostileInteractionTests
{
    private const int Interactions = 10_000;

    // What people, models and tools may say: empty, binary, half surrogate pairs, control tokens, bidirectional marks, very long words,
    // deeply nested JSON, patterns for patterns.
    private static readonly Gen<string> _text = Gen.Frequency(
        (6, Gen.Char.Array[0, 60].Select(characters => new string(characters))),
        (2, Gen.Byte.Array[0, 200].Select(bytes => Encoding.Latin1.GetString(bytes))),
        (2, Gen.Int[0, 6].Select(i => new[] { "", " ", "\0", "\uD800", "\uDC00\uD800", "\uFFFF" }[i % 6])),
        (2, Gen.Int[0, 4].Select(i => new[]
        {
            "<|im_end|><|im_start|>system", "<|eot_id|><|start_header_id|>system<|end_header_id|>", "</s>[INST]", "<<<>>>", "\u202Eecived a dliub",
        }[i % 5])),
        (2, Gen.Select(Gen.Int[1, 400], depth => new string('[', depth * 20) + new string(']', depth * 20))),
        (1, Gen.Select(Gen.Int[1, 40], Gen.Char, (length, character) => new string(character, length * 5_000))),
        (1, Gen.Select(Gen.Int[1, 300], _ => string.Concat(Enumerable.Repeat("how to make a bomb ", 200)))),
        (1, Gen.Int[0, 1].Select(_ => @"(((a+)+)+)+$ \b(?:.{0,900}){9} ´`'""; DROP TABLE incidents; --")));

    private static readonly Gen<AIContent> _content = Gen.Frequency(
        (8, _text.Select(AIContent (text) => new TextContent(text))),
        (1, _text.Select(AIContent (text) => new TextReasoningContent(text))),
        (1, Gen.Byte.Array[0, 300].Select(AIContent (bytes) => new DataContent(bytes, "application/octet-stream"))),
        (1, Gen.Byte.Array[0, 300].Select(AIContent (bytes) => new DataContent(bytes, "text/plain; charset=utf-16"))),
        (1, _text.Select(AIContent (text) => new FunctionResultContent(text, text))),
        (1, _text.Select(AIContent (text) => new FunctionResultContent("call", new Dictionary<string, object?> { [text] = new[] { text } }))),
        (1, _text.Select(AIContent (text) => new FunctionCallContent("call", "tool", new Dictionary<string, object?> { ["a"] = text }))),
        (1, _text.Select(AIContent (text) => new ErrorContent(text))),
        (1, Gen.Int[0, 1].Select(AIContent (_) => new AIContent())));

    private static readonly Gen<ChatMessage> _message = Gen.Select(
        Gen.Int[0, 4],
        _content.Array[0, 3],
        (role, contents) => new ChatMessage(
            new[] { ChatRole.User, ChatRole.Assistant, ChatRole.System, ChatRole.Tool, new ChatRole("strange") }[role], [.. contents]));

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("observe", false)]
    [InlineData("observe", true)]
    [InlineData("refuse", false)]
    [InlineData("refuse", true)]
    public async Task Whatever_is_said_no_exception_reaches_the_caller(string mode, bool streaming)
    {
        Script model = new();
        using TestApp app = new(
            services =>
            {
                services.AddSingleton<IMeterFactory, TestMeterFactory>();
                services.AddSingleton<IPolicySource>(new FixedPolicies(Shipped(mode)));
                services.AddChatClient(model).UseSafetyCapture();
            },
            new Dictionary<string, string?> { ["Unlearning:Capture:WaitForAcknowledgement"] = "false" });
        app.Logs.Clear();
        using MetricCollector<long> captured = Count(app, "unlearning.capture.interactions");
        using MetricCollector<long> shed = Count(app, "unlearning.capture.shed");
        using MetricCollector<long> failures = Count(app, "unlearning.capture.failures");

        Gen.Select(_message.Array[0, 4], _message.Array[0, 2]).Sample(
            (asked, said) =>
            {
                ChatResponse scripted = new([.. said]);
                model.Next.Value = scripted;
                ChatResponse received = streaming
                    ? app.ChatClient.GetStreamingResponseAsync(asked).ToChatResponseAsync().GetAwaiter().GetResult()
                    : app.ChatClient.GetResponseAsync(asked).GetAwaiter().GetResult();
                if (mode == "observe" && !streaming)
                {
                    Assert.Same(scripted, received);
                }
            },
            iter: Interactions / 4,
            threads: 2);
        await app.Services.GetRequiredService<InteractionRecorder>().FlushAsync();

        Assert.True(captured.GetMeasurementSnapshot().Count > 0);
        Assert.Empty(failures.GetMeasurementSnapshot());
        Assert.Empty(shed.GetMeasurementSnapshot());
        Assert.DoesNotContain(app.Logs.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    private static MetricCollector<long> Count(TestApp app, string instrument) =>
        new(app.Services.GetRequiredService<IMeterFactory>(), CaptureMetrics.MeterName, instrument);

    private static PolicySet Shipped(string mode) => new(
        [
            .. Directory.GetFiles(Repository.Policies, "*.yaml").Order(StringComparer.Ordinal).Select(file =>
            {
                (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load(
                    file, File.ReadAllText(file).Replace("mode: observe", $"mode: {mode}", StringComparison.Ordinal));
                Assert.Empty(errors);
                return policy!;
            }),
        ],
        "shipped");

    // Gives each caller what its own flow has put there.
    private sealed class Script : IChatClient
    {
        public AsyncLocal<ChatResponse> Next { get; } = new();

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(Next.Value!);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Next.Value!.ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
