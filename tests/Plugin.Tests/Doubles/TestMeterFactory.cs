using System.Diagnostics.Metrics;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>Makes meters that only one test sees.</summary>
internal sealed class TestMeterFactory : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        Meter meter = new(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
