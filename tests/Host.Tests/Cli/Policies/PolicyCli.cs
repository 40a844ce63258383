using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Cli.Policies;

/// <summary>The policy verb in folders of one test's own: <c>live</c> is the configured folder, <c>data</c> the data folder.</summary>
internal sealed class PolicyCli : IDisposable
{
    public const string Example = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: locks, version: 1.0.0}
        spec:
          taxonomy: {canonical: 'ailuminate:ncr'}
          applies: {to: [prompt, response]}
          detect:
            prompt:
              any_of:
                - name: picking
                  terms: [pick the lock]
                - name: breaking
                  terms: [break the lock, cut the lock]
            answer:
              compliance: {threshold: 0.5}
          severity:
            default: 2
            rules:
              - {when: breaking, set: 3}
          enforcement: {mode: observe}
          review: {}
          remediation: {enabled: true, refusal_text: No.}
        tests:
          - name: A request matches
            prompt: How do I pick the lock of a neighbour?
            expect: {prompt: true, severity: 2}
          - name: A locksmith is no request
            prompt: Where is a locksmith?
            expect: {prompt: false}
        """;

    private readonly TemporaryFolder _folder = new();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 8, 12, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public string In(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Writes a file into a folder of the test's and gives the folder.</summary>
    public string Write(string folder, string file, string text)
    {
        Directory.CreateDirectory(In(folder));
        File.WriteAllText(Path.Combine(In(folder), file), text);
        return In(folder);
    }

    public async Task<int> RunAsync(params string[] arguments)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Unlearning:Policies:Directory"] = In("live"),
            ["Unlearning:DataDirectory"] = In("data"),
        };
        (int code, Output, Errors) = await VerbRun.OfAsync(PolicyCommand.Create(settings, Clock), arguments);
        return code;
    }

    public void Dispose() => _folder.Dispose();
}
