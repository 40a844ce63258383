using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Transport;

namespace Unlearning.Host.Tests.Telemetry;

public sealed partial class DashboardTests
{
    [Fact]
    public void Every_panel_asks_for_instruments_that_exist_and_every_instrument_has_a_panel()
    {
        HashSet<string> instruments = Instruments();
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(HomeFolder.Find(), "docs", "grafana", "unlearning.json")));
        string[] asked =
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .SelectMany(target => Metric().Matches(target.GetProperty("expr").GetString()!).Select(match => match.Value))
                .Distinct(),
        ];

        Assert.Equal(instruments.Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_instrument_is_explained()
    {
        string text = File.ReadAllText(Path.Combine(HomeFolder.Find(), "docs", "telemetry.md"));

        Assert.All(Names(), name => Assert.Contains($"`{name.Name}`", text, StringComparison.Ordinal));
    }

    // As Prometheus names them: dots become underscores; the unit and what a counter or histogram has go to the end.
    private static HashSet<string> Instruments() =>
    [
        .. Names().Select(instrument => instrument.Name.Replace('.', '_') + (instrument.Kind, instrument.Name) switch
        {
            ("counter", _) => "_total",
            ("histogram", "unlearning.run.duration") => "_seconds_count",
            ("histogram", _) => "_seconds_bucket",
            _ => "",
        }),
    ];

    private static List<(string Name, string Kind)> Names()
    {
        List<(string Name, string Kind)> found = [];
        using OwnMeters meters = new();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                found.Add((instrument.Name, instrument switch
                {
                    Counter<long> => "counter",
                    Histogram<double> => "histogram",
                    _ => "gauge",
                }));
            }
        };
        listener.Start();
        using CaptureMetrics capture = new(meters);
        capture.Observe(() => 0, () => 0, () => 0);
        using ServiceMetrics service = new(meters);
        using TransportMetrics transport = new(meters);
        return found;
    }

    [GeneratedRegex(@"\bunlearning_[a-z_]+(?=[{\[)\s])(?<!unlearning_(category|policy|enforcement|stage|gate|verdict|action|run_outcome|answer_matched|rating|outcome|reason))")]
    private static partial Regex Metric();

    private sealed class OwnMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            return new Meter(options);
        }

        public void Dispose()
        {
        }
    }
}
