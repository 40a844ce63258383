using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Unlearning.EndToEnd.Tests;

/// <summary>A program run as it is by its users, in a process of its own, and read line by line.</summary>
internal sealed partial class ProgramUnderTest : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> _waiting = [];

    private ProgramUnderTest(string program, IReadOnlyDictionary<string, string> environment)
    {
        ProcessStartInfo start = new("dotnet", [program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public StreamWriter Input => _process.StandardInput;

    public string Output => string.Join('\n', _output);

    /// <summary>The interactions that the program's capture has acknowledged.</summary>
    public IReadOnlyList<string> Spooled => [.. _output.Select(line => SpooledLine().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];

    public static ProgramUnderTest Host(string data, int port, params (string Name, string Value)[] settings) => new(
        Path.Combine(AppContext.BaseDirectory, "Unlearning.Host.dll"),
        new Dictionary<string, string>(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
        {
            ["Unlearning__DataDirectory"] = data,
            ["Unlearning__Api__Port"] = $"{port}",
            ["Unlearning__Schedule__Cron"] = "-",
            ["Unlearning__Schedule__Trigger__Policies"] = "false",
        });

    public static ProgramUnderTest Assistant(string spool, int hostPort, params (string Name, string Value)[] settings)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return new ProgramUnderTest(
            Path.Combine(Unlearning.Host.HomeFolder.Find(), "samples", "Assistant", "bin", configuration, "net10.0", "Assistant.dll"),
            new Dictionary<string, string>(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
            {
                ["Unlearning__Host__Url"] = $"http://127.0.0.1:{hostPort}",
                ["Unlearning__Host__Spool"] = spool,
                ["Unlearning__Host__FirstRetryDelay"] = "00:00:00.050",
                ["Unlearning__Host__LongestRetryDelay"] = "00:00:00.500",
                ["Unlearning__Host__FlushTimeout"] = "00:00:30",
                ["Logging__LogLevel__Unlearning.Plugin.Transport"] = "Debug",
            });
    }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Ends when the Host on that port says that it serves.</summary>
    public static async Task ReadyAsync(int port)
    {
        using HttpClient http = new();
        using CancellationTokenSource late = new(_patience);
        while (true)
        {
            try
            {
                if ((await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), late.Token)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50, late.Token);
        }
    }

    /// <summary>Ends when the program has written what is waited for.</summary>
    public async Task UntilAsync(Func<ProgramUnderTest, bool> holds)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            _waiting.Add((() => holds(this), reached));
        }

        Notify();
        Task first = await Task.WhenAny(reached.Task, _process.WaitForExitAsync(), Task.Delay(_patience));
        Assert.True(first == reached.Task || holds(this), $"It did not come to that. The program wrote:\n{string.Join('\n', _output.TakeLast(40))}");
    }

    /// <summary>Ends the process as a power failure would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the program to end, as a service manager does: SIGTERM.</summary>
    public async Task StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await EndAsync();
    }

    public async Task EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(_patience);
        Assert.True(_process.ExitCode == 0, Output);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
            Notify();
        }
    }

    private void Notify()
    {
        lock (_waiting)
        {
            foreach ((Func<bool> holds, TaskCompletionSource reached) in _waiting)
            {
                if (!reached.Task.IsCompleted && holds())
                {
                    reached.TrySetResult();
                }
            }
        }
    }

    [GeneratedRegex("The incident of interaction ([0-9a-f]{32}) is spooled")]
    private static partial Regex SpooledLine();
}
