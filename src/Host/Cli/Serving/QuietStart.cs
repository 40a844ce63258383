namespace Unlearning.Host.Cli.Serving;

/// <summary>
/// Keeps the framework from logging, with its stack trace, the exception that ends a start: what is wrong is said in a sentence instead.
/// Once the service has started, everything is logged as the settings say.
/// </summary>
internal sealed class QuietStart
{
    private static readonly string[] _categories =
        ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Hosting.Diagnostics"];

    private volatile bool _over;

    /// <summary>Applies to a service that is being built.</summary>
    public void Apply(IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(options =>
    {
        foreach (string category in _categories)
        {
            LoggerFilterRule? configured = options.Rules
                .Where(rule => rule.ProviderName is null && (rule.CategoryName is null || category.StartsWith(rule.CategoryName, StringComparison.OrdinalIgnoreCase)))
                .OrderBy(rule => rule.CategoryName?.Length ?? 0).LastOrDefault();
            options.Rules.Add(new LoggerFilterRule(
                null, category, configured?.LogLevel ?? options.MinLevel, (_, _, level) => _over || level < LogLevel.Error));
        }
    });

    /// <summary>The service has started.</summary>
    public void End() => _over = true;
}
