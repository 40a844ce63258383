using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Unlearning.Plugin.Capture;

/// <summary>
/// Tells the model boundary which kernel function a call belongs to. It captures nothing itself, but for the text of a function
/// in which no decorated model ran: a native function, or a prompt function whose service nobody decorated.
/// </summary>
/// <remarks>Direct calls of a chat client or chat completion service reach no kernel filter; only the decorators see those.</remarks>
public sealed class AnnotatingFilter(InteractionRecorder recorder) : IFunctionInvocationFilter, IPromptRenderFilter
{
    /// <inheritdoc/>
    public async Task OnFunctionInvocationAsync(
        Microsoft.SemanticKernel.FunctionInvocationContext context, Func<Microsoft.SemanticKernel.FunctionInvocationContext, Task> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        context.Kernel.Services.GetService<UncapturedServices>()?.Look(context.Kernel.Services);
        CallFrame frame = CallFrame.ForFunction(context.Function, context.Kernel);
        frame.Enter();
        await next(context).ConfigureAwait(false);
        if (context.IsStreaming)
        {
            // The result is a stream that has not begun: the model is called from inside its enumeration, in the consumer's context.
            string given = TextOf(context.Arguments);
            context.Result = AnnotatedStream.Wrap(
                context.Result, frame, (answer, complete) => RecordAsync(frame, given, answer, complete, streaming: true));
        }
        else if (frame is { CapturedInside: false, IsOutermost: true } && TextOf(context.Result) is { Length: > 0 } answer)
        {
            string given = context.Result.RenderedPrompt ?? TextOf(context.Arguments);
            await RecordAsync(frame, given, answer, complete: true, streaming: false).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task OnPromptRenderAsync(PromptRenderContext context, Func<PromptRenderContext, Task> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        await next(context).ConfigureAwait(false);
        if (CallFrame.Current is { } frame)
        {
            frame.RenderedPrompt = context.RenderedPrompt;
        }
    }

    private ValueTask RecordAsync(CallFrame frame, string given, string answer, bool complete, bool streaming) =>
        recorder.RecordAsync(recorder.Begin(frame) with
        {
            Prompt = frame.RenderedPrompt ?? given,
            Answer = answer,
            Complete = complete,
            Streaming = streaming,
        });

    private static string? TextOf(FunctionResult result) => result.GetValue<object>() switch
    {
        string text => text,
        ChatMessageContent message => CapturedText.Of(message),
        ChatResponse response => response.Text,
        _ => null,
    };

    private static string TextOf(KernelArguments arguments) => string.Join(
        '\n', arguments.Values.OfType<IConvertible>().Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
