using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Benchmarks.Rows;

/// <summary>What capture costs the caller of a captured model, and what a change of the policies costs.</summary>
internal sealed class CapturedCalls : IBenchmark
{
    private const string Observe = "capture_observe_p99_us", Enforce = "capture_enforce_p99_us", Accepted = "incidents_accepted_s",
        Reload = "policy_reload_ms", ReloadAll = "policy_reload_all_ms";

    private const int Calls = 20_000, Policies = 100;

    // Two kilobytes of exchange and fifty messages before it, harmless, so that every policy reads all of it.
    private static readonly string _words = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog near the river. ", 17));

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Observe, "us", "what a call to a captured model takes longer, 99th percentile; the shipped policies observe", new Goal(50)),
        new(Enforce, "us", "the same where the shipped policies refuse", new Goal(500)),
        new(Accepted, "1/s", "captured interactions taken by the queue", new Goal(20_000, AtLeast: true)),
        new(Reload, "ms", $"{Policies} policy files read again after one was edited", new Goal(100)),
        new(ReloadAll, "ms", $"{Policies} policy files read for the first time, after the first of all"),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        List<Figure> figures = [];
        if (wanted.Contains(Observe))
            figures.Add(await CallAsync(Observe, "observe").ConfigureAwait(false));
        if (wanted.Contains(Enforce))
            figures.Add(await CallAsync(Enforce, "refuse").ConfigureAwait(false));
        if (wanted.Contains(Accepted))
            figures.Add(new Figure(Accepted, await AcceptAsync().ConfigureAwait(false)));
        if (wanted.Contains(Reload) || wanted.Contains(ReloadAll))
            figures.AddRange(ReadAgain());
        return figures;
    }

    private static async Task<Figure> CallAsync(string row, string mode)
    {
        using TemporaryDirectory folder = new();
        foreach (string policy in Shipped())
            await File.WriteAllTextAsync(
                Path.Combine(folder.Path, Path.GetFileName(policy)),
                (await File.ReadAllTextAsync(policy).ConfigureAwait(false)).Replace("mode: observe", $"mode: {mode}", StringComparison.Ordinal))
                .ConfigureAwait(false);
        ServiceProvider services = Services(folder.Path);
        await using (services.ConfigureAwait(false))
        {
            ChatMessage[] messages =
            [
                .. Enumerable.Range(0, 50).Select(i => new ChatMessage(i % 2 == 0 ? ChatRole.User : ChatRole.Assistant, _words[..200])),
                new ChatMessage(ChatRole.User, _words),
            ];
            using StillModel bare = new(_words);
            IChatClient captured = services.GetRequiredService<IChatClient>();
            InteractionRecorder recorder = services.GetRequiredService<InteractionRecorder>();
            double[] added = new double[Calls];
            for (int i = -Calls; i < Calls; i++)
            {
                long began = Stopwatch.GetTimestamp();
                await captured.GetResponseAsync(messages).ConfigureAwait(false);
                long captureEnded = Stopwatch.GetTimestamp();
                await bare.GetResponseAsync(messages).ConfigureAwait(false);
                long ended = Stopwatch.GetTimestamp();
                if (i >= 0)
                    added[i] = (captureEnded - began - (ended - captureEnded)) * 1e6 / Stopwatch.Frequency;

                // Calls come one after the other, as a caller feels them; how many the queue can take is another row.
                if (i % 64 == 0)
                    await recorder.FlushAsync().ConfigureAwait(false);
            }

            Array.Sort(added);
            return new Figure(row, added[(int)(Calls * 0.99)], FormattableString.Invariant($"median {added[Calls / 2]:0.0}"));
        }
    }

    private static async Task<double> AcceptAsync()
    {
        using TemporaryDirectory none = new();
        ServiceProvider services = Services(none.Path, ("QueueCapacity", "1000000"));
        await using (services.ConfigureAwait(false))
        {
            InteractionRecorder recorder = services.GetRequiredService<InteractionRecorder>();
            Interaction[] interactions =
                [.. Enumerable.Range(0, 100_000).Select(i => new Interaction { Id = $"{i:x32}", Prompt = _words, Answer = _words })];
            long began = Stopwatch.GetTimestamp();
            foreach (Interaction interaction in interactions)
                await recorder.RecordAsync(interaction).ConfigureAwait(false);
            double rate = interactions.Length / Stopwatch.GetElapsedTime(began).TotalSeconds;
            await recorder.FlushAsync().ConfigureAwait(false);
            return rate;
        }
    }

    private static IEnumerable<Figure> ReadAgain()
    {
        using TemporaryDirectory folder = new();
        string[] shipped = Shipped();
        for (int i = 0; i < Policies; i++)
        {
            string text = File.ReadAllText(shipped[i % shipped.Length]);
            string name = Path.GetFileNameWithoutExtension(shipped[i % shipped.Length]);
            File.WriteAllText(
                Path.Combine(folder.Path, $"p{i}.yaml"), text.Replace($"name: {name}", $"name: {name}-{i}", StringComparison.Ordinal));
        }

        List<double> all = [], edited = [];
        string file = Path.Combine(folder.Path, "p0.yaml");
        for (int round = 0; round < 5; round++)
        {
            long began = Stopwatch.GetTimestamp();
            PolicyFolder seen = PolicyFolder.Read(folder.Path);
            IReadOnlyList<PolicyError> errors = seen.Compile().Errors;
            if (errors.Count > 0)
                throw new InvalidDataException(errors[0].ToString());
            all.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);

            File.AppendAllText(file, "\n");
            began = Stopwatch.GetTimestamp();
            PolicyFolder.Read(folder.Path).Compile(seen);
            edited.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        yield return new Figure(Reload, Timing.Median(edited));
        yield return new Figure(ReloadAll, Timing.Median(all.Skip(1)));
    }

    private static ServiceProvider Services(string policies, params (string Key, string Value)[] capture)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [
                new($"{PolicyOptions.SectionName}:Directory", policies),
                .. capture.Select(setting => new KeyValuePair<string, string?>($"{CaptureOptions.SectionName}:{setting.Key}", setting.Value)),
            ]).Build();
        ServiceCollection services = new();
        services.AddUnlearning(configuration);
        services.AddChatClient(new StillModel(_words)).UseSafetyCapture();
        return services.BuildServiceProvider();
    }

    private static string[] Shipped() => [.. Directory.GetFiles(PoliciesFolder(), "*.yaml").Order(StringComparer.Ordinal)];

    private static string PoliciesFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Unlearning.sln")))
                return Path.Combine(folder.FullName, "policies");
        }

        throw new DirectoryNotFoundException("The policies folder was not found above the program.");
    }
}
