using System.Globalization;

namespace Unlearning.Benchmarks.Rows;

/// <summary>Whether the memory of the real service stays as it is under half an hour of everything at once.</summary>
internal sealed class MixedLoad : IBenchmark
{
    private const string Growth = "soak_memory_growth";
    private static readonly TimeSpan _length = TimeSpan.FromMinutes(30), _settled = TimeSpan.FromMinutes(5), _window = TimeSpan.FromMinutes(5);

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(
            Growth, "%", "resident memory of the service, last five minutes of thirty over minutes five to ten: chats, streams, reports, lists, reveals and audit checks at once",
            new Goal(5), OnRequest: true),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        using TemporaryDirectory folder = new();
        using ServiceProcess service = await ServiceProcess.StartAsync(folder.Path).ConfigureAwait(false);
        service.Said = line =>
        {
            if (line is { Length: > 0 })
                session.Report(line);
        };
        using CancellationTokenSource over = new(_length);
        Task[] load =
        [
            .. Enumerable.Range(0, 3).Select(i => service.RepeatAsync(i % 2 == 0 ? service.ChatAsync : service.StreamAsync, TimeSpan.Zero, over.Token)),
            service.RepeatAsync(service.ReportAsync, TimeSpan.FromMilliseconds(100), over.Token),
            service.RepeatAsync(service.ReviewAsync, TimeSpan.FromMilliseconds(500), over.Token),
        ];
        List<(TimeSpan At, long Bytes)> samples = [];
        long began = TimeProvider.System.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            TimeSpan at = TimeProvider.System.GetElapsedTime(began);
            samples.Add((at, service.ResidentBytes));
            if (samples.Count % 12 == 0)
                session.Report(string.Create(CultureInfo.InvariantCulture, $"{at:mm\\:ss}  {samples[^1].Bytes >> 20} MiB, {service.Calls} calls, {service.Failures}"));
            await Task.Delay(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }

        await Task.WhenAll(load).ConfigureAwait(false);
        double before = Median(samples.Where(one => one.At >= _settled && one.At < _settled + _window)), after = Median(samples.Where(one => one.At >= _length - _window));
        string note = string.Create(
            CultureInfo.InvariantCulture, $"{before / (1 << 20):0} to {after / (1 << 20):0} MiB; {service.Calls:#,0} calls, {service.Failures}");
        return [new Figure(Growth, 100 * ((after / before) - 1), note)];
    }

    private static double Median(IEnumerable<(TimeSpan At, long Bytes)> samples)
    {
        long[] sorted = [.. samples.Select(one => one.Bytes).Order()];
        return sorted[sorted.Length / 2];
    }
}
