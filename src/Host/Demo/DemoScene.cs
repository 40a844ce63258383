using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Progress;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Functions;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Demo;

/// <summary>
/// Drives the hosted service through one remediation with bundled prompts. It has no loop of its own: capture, scheduling,
/// training, gates and the swap are the service's.
/// </summary>
internal sealed class DemoScene(DirectoryInfo output, IReadOnlyDictionary<string, string?> overrides, TextWriter screen)
{
    private const int Concurrent = 48;
    private const int AnswerTokens = 32;

    /// <summary>How many bundled prompts the assistant is asked.</summary>
    public int Asked { get; init; } = 80;

    public async Task<int> PlayAsync(CancellationToken cancellationToken)
    {
        if (output.Exists && output.EnumerateFileSystemInfos().Any() && !File.Exists(Path.Combine(output.FullName, "manifest.json")))
        {
            await screen.WriteLineAsync($"'{output.FullName}' holds files that are no demo's output. Name another folder with --out.").ConfigureAwait(false);
            return 1;
        }

        DirectoryInfo data = Directory.CreateTempSubdirectory("unlearning-demo-");
        try
        {
            WebApplicationBuilder builder = UnlearningHost.CreateBuilder(new Dictionary<string, string?>(overrides)
            {
                ["Unlearning:DataDirectory"] = data.FullName,
                ["Unlearning:Schedule:Cron"] = "-",
                ["Unlearning:Schedule:Trigger:Policies"] = "false",
                ["Unlearning:Api:Port"] = "0",
                ["Logging:LogLevel:Default"] = "Warning",
                ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",

                // The kernel logs a cancelled call as an error with its stack trace.
                ["Logging:LogLevel:Microsoft.SemanticKernel"] = "None",

                // What came back is told in the demo's own words.
                ["Logging:LogLevel:Unlearning.Host.Incidents.IncidentSink"] = "Error",
            });
            await using WebApplication app = builder.Build();
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await PlayAsync(app.Services, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private async Task<int> PlayAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        long began = time.GetTimestamp();
        ServingState serving = services.GetRequiredService<ServingState>();
        await serving.WaitUntilSettledAsync(cancellationToken).ConfigureAwait(false);
        if (serving.Status != ServingStatus.Serving)
        {
            await screen.WriteLineAsync(serving.Description).ConfigureAwait(false);
            return 1;
        }

        Kernel kernel = services.GetRequiredService<Kernel>();
        ModelSlot slot = services.GetRequiredService<ModelSlot>();
        EvaluationPrompt[] asked = [.. BundledPrompts.Load(PromptSplit.Train, PromptKind.Harmful).Take(Asked)];
        await Say($"1. Asking the assistant {asked.Length} bundled harmful prompts through the kernel (release '{slot.ReleaseId}').").ConfigureAwait(false);
        IReadOnlyList<string> before = await AskAsync(kernel, asked, cancellationToken).ConfigureAwait(false);

        await services.GetRequiredService<InteractionRecorder>().FlushAsync(cancellationToken).ConfigureAwait(false);
        IncidentStore store = services.GetRequiredService<IncidentStore>();
        IReadOnlyList<Incident> incidents = await store.ListAsync(null, 1000, cancellationToken).ConfigureAwait(false);
        int harmful = incidents.Where(incident => incident.AnswerMatched).DistinctBy(incident => (incident.Prompt, incident.Answer)).Count();
        await Say($"   Capture flagged {harmful} harmful answers, some under several hazards " +
            $"({string.Join(", ", incidents.GroupBy(incident => incident.Policy).Select(group => $"{group.Key} {group.Count()}"))}).").ConfigureAwait(false);

        await Say("2. Starting a run through Quartz.").ConfigureAwait(false);
        RunProgressFeed feed = services.GetRequiredService<RunProgressFeed>();
        feed.Reported += Show;
        IUnlearningRuns runs = services.GetRequiredService<IUnlearningRuns>();
        RunStatus run = await runs.StartAsync(new StartRunRequest("demo", null), cancellationToken).ConfigureAwait(false);
        ConcurrentDictionary<string, int> served = [];
        using CancellationTokenSource trafficEnds = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<int> traffic = TrafficAsync(services.GetRequiredService<IChatClient>(), served, time, trafficEnds.Token);
        while (run.FinishedAt is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken).ConfigureAwait(false);
            run = await runs.GetAsync(run.RunId, cancellationToken).ConfigureAwait(false) ?? run;
        }

        feed.Reported -= Show;
        await trafficEnds.CancelAsync().ConfigureAwait(false);
        int dropped = await traffic.ConfigureAwait(false);
        if (services.GetRequiredService<RunPipeline>().LastOutcome is not { } outcome || run.ReleaseId is null)
        {
            await Say($"The run ended without a candidate: {run.Error ?? "see the log"}").ConfigureAwait(false);
            return 1;
        }

        await Say($"3. Live traffic meanwhile: {string.Join(", ", served.Select(entry => $"{entry.Value} answers by '{entry.Key}'"))}; {dropped} failed.").ConfigureAwait(false);
        await DemoTable.WriteAsync(screen, outcome.Report).ConfigureAwait(false);
        GateExplanation? gates = await runs.ExplainGateAsync(run.RunId, cancellationToken).ConfigureAwait(false);
        foreach (GateLine gate in gates?.Gates ?? [])
            await Say("   " + gate.Sentence).ConfigureAwait(false);

        if (run.Verdict == "pass")
        {
            await Say($"4. Asking five of the same prompts again (release '{slot.ReleaseId}').").ConfigureAwait(false);
            string[] flagged = [.. incidents.Where(incident => incident.AnswerMatched).Select(incident => incident.Prompt)];
            int[] shown = [.. Enumerable.Range(0, asked.Length).Where(i => flagged.Contains(asked[i].Text)).Take(5)];
            IReadOnlyList<string> after = await AskAsync(kernel, [.. shown.Select(i => asked[i])], cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < shown.Length; i++)
                await SayPair(asked[shown[i]].Text, before[shown[i]], after[i]).ConfigureAwait(false);
            await services.GetRequiredService<InteractionRecorder>().FlushAsync(cancellationToken).ConfigureAwait(false);
            int recurred = (await store.ListAsync(IncidentStatus.Recurred, 1000, cancellationToken).ConfigureAwait(false))
                .DistinctBy(incident => incident.Prompt).Count();
            await Say(recurred == 0
                ? "   Capture finds none of them harmful any more."
                : $"   Capture still finds {recurred} of them harmful: they are open again, and the next run takes them up.").ConfigureAwait(false);
        }
        else
        {
            await Say("4. Five prompts of the gate, answered by the base and by the candidate that it kept out.").ConfigureAwait(false);
            foreach (AnswerPair pair in ShownPairs.Choose(outcome.Pairs, 5))
                await SayPair(pair.Prompt.Text, pair.Baseline.Text, pair.Candidate.Text).ConfigureAwait(false);
        }

        Keep(services.GetRequiredService<ReleaseStore>().Verify(run.ReleaseId).Folder);
        await Say(run.Verdict == "pass"
            ? $"Promoted: release {run.ReleaseId} is live."
            : $"Not promoted, verdict '{run.Verdict}': the base keeps serving. The sentences above say which gate and why.").ConfigureAwait(false);
        await Say($"Took {time.GetElapsedTime(began):m\\:ss}. Adapter, manifest, report and plots: {output.FullName}").ConfigureAwait(false);
        return run.Verdict == "pass" ? 0 : 2;
    }

    private static async Task<IReadOnlyList<string>> AskAsync(Kernel kernel, EvaluationPrompt[] prompts, CancellationToken cancellationToken)
    {
        string[] answers = new string[prompts.Length];
        PromptExecutionSettings settings = new() { ExtensionData = new Dictionary<string, object> { ["max_tokens"] = AnswerTokens } };
        await Parallel.ForAsync(
            0,
            prompts.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrent, CancellationToken = cancellationToken },
            async (i, token) => answers[i] = (await kernel.InvokePromptAsync(
                prompts[i].Text, new KernelArguments(settings), cancellationToken: token).ConfigureAwait(false)).ToString()).ConfigureAwait(false);
        return answers;
    }

    /// <summary>A light stream of ordinary chats, so that the swap happens under traffic; returns how many failed.</summary>
    private static async Task<int> TrafficAsync(
        IChatClient client, ConcurrentDictionary<string, int> served, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<EvaluationPrompt> prompts = BundledPrompts.Load(PromptSplit.Train, PromptKind.Ordinary);
        int failed = 0;
        for (int i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            try
            {
                string release = "?";
                await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(
                    prompts[i % prompts.Count].Text, new ChatOptions { MaxOutputTokens = 16 }, cancellationToken).ConfigureAwait(false))
                    release = update.AdditionalProperties?[ModelSlot.ReleaseKey]?.ToString() ?? release;
                served.AddOrUpdate(release, 1, (_, count) => count + 1);
                await Task.Delay(TimeSpan.FromSeconds(10), time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
#pragma warning disable CA1031 // Counted and shown: that is what this traffic is for.
            catch (Exception)
#pragma warning restore CA1031
            {
                failed++;
            }
        }

        return failed;
    }

    private static string Line(string text)
    {
        string flat = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return flat.Length <= 150 ? flat : flat[..147] + "...";
    }

    private void Show(string runId, RunProgress progress)
    {
        if (progress.Stage == RunStage.Unlearn && progress.Losses.Count > 0)
        {
            string losses = string.Join("  ", progress.Losses.Select(loss => $"{loss.Key} {loss.Value:F3}"));
            KeyValuePair<string, double> widest = progress.Angles.DefaultIfEmpty().MaxBy(angle => angle.Value);
            string angles = $"{progress.Angles.Count(angle => angle.Value > 90)} of {progress.Angles.Count} pairs conflict, widest {widest.Key} {widest.Value:F0}°";
            string left = progress.Remaining is { } remaining ? $"{remaining:m\\:ss} left" : "";
            screen.WriteLine($"   step {progress.Step}/{progress.TotalSteps}  {losses}  | {angles} | {left}");
        }
        else
        {
            screen.WriteLine($"   {RunWord.Of(progress.Stage)} {(progress.TotalSteps > 0 ? $"{progress.Step}/{progress.TotalSteps}" : "")}".TrimEnd());
        }
    }

    private Task Say(string line) => screen.WriteLineAsync(line);

    private Task SayPair(string prompt, string before, string after) =>
        Say($"   prompt: {Line(prompt)}{Environment.NewLine}   before: {Line(before)}{Environment.NewLine}   after:  {Line(after)}{Environment.NewLine}");

    /// <summary>Puts the release's files into the output folder: complete, or not at all.</summary>
    private void Keep(string release)
    {
        string fresh = output.FullName.TrimEnd(Path.DirectorySeparatorChar) + ".partial";
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);
        foreach (string file in Directory.EnumerateFiles(release, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(fresh, Path.GetRelativePath(release, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        if (output.Exists)
            output.Delete(recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(fresh)!);
        Directory.Move(fresh, output.FullName);
    }
}
