using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Unlearning.Plugin.Capture;

namespace Unlearning.Host.Telemetry;

/// <summary>Registers the export of metrics and traces.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>The meter and activity source of captured models' calls, as <c>UseOpenTelemetry</c> names them.</summary>
    public const string ModelSource = "Experimental.Microsoft.Extensions.AI";

    /// <summary>The standard setting that says where to send; nothing is sent without it.</summary>
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Collects the service's own instruments, its models' and the server's, and sends them over OTLP to where the standard setting
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says. Without that setting nothing is collected.
    /// </summary>
    public static IServiceCollection AddUnlearningTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[EndpointKey] is not { Length: > 0 })
        {
            return services;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("unlearning"))
            .WithMetrics(metrics => metrics.AddMeter(
                CaptureMetrics.MeterName, ModelSource, "Microsoft.AspNetCore.Hosting", "System.Runtime"))
            .WithTracing(traces => traces
                .AddSource(CaptureMetrics.MeterName, ModelSource, "Microsoft.AspNetCore")
                .AddProcessor(new FailureWithoutText()))
            .UseOtlpExporter();
        return services;
    }
}
