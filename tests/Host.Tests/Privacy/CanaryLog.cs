using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Unlearning.Host.Tests.Privacy;

/// <summary>Every line at Debug and above, with its state, scopes left out, and its exception; Semantic Kernel's own lines, which are the app's to switch off, are not.</summary>
internal sealed class CanaryLog : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public void AddTo(ILoggingBuilder logging) => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new Forwarding(this));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    // Two containers share the log, and each disposes its own.
    private sealed class Forwarding(CanaryLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class Logger(CanaryLog log, string category) : ILogger
    {
        private readonly bool _ours = !category.StartsWith("Microsoft.SemanticKernel", StringComparison.Ordinal)
            && !category.StartsWith("InvokePrompt", StringComparison.Ordinal) && category != "oracle" && category != "notes-read";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_ours && IsEnabled(logLevel))
                log.Lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception} {string.Join(' ', state as IEnumerable<KeyValuePair<string, object?>> ?? [])}");
        }
    }
}
