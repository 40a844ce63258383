using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;

namespace Unlearning.Plugin.Functions;

/// <summary>Stops a model that calls a mutating function of the plugin on its own, and tells it so.</summary>
/// <remarks>
/// A kernel's filter sees automatic calls made by Semantic Kernel's own connectors and by <c>UseKernelFunctionInvocation</c>. A
/// pipeline with another tool loop shows it nothing: offer the model <see cref="UnlearningFunctions.ReadOnly"/> there.
/// </remarks>
public sealed partial class MutatingFunctionGuard(
    IOptionsMonitor<UnlearningFunctionOptions> options, ILogger<MutatingFunctionGuard>? logger = null) : IAutoFunctionInvocationFilter
{
    private readonly ILogger _logger = logger ?? NullLogger<MutatingFunctionGuard>.Instance;

    /// <inheritdoc/>
    public Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (!UnlearningFunctions.IsMutating(context.Function) || options.CurrentValue.AutoInvoke.Contains(context.Function.Name))
        {
            return next(context);
        }

        LogStopped(context.Function.Name);
        context.Result = new FunctionResult(
            context.Function, $"Not done: {context.Function.Name} needs an operator. Tell the user what you would do and why.");
        return Task.CompletedTask;
    }

    [LoggerMessage(
        EventId = 1201,
        EventName = "MutatingFunctionStopped",
        Level = LogLevel.Warning,
        Message = "A model called {Function} on its own; it was not carried out. Unlearning:Functions:AutoInvoke can allow it.")]
    private partial void LogStopped(string function);
}
