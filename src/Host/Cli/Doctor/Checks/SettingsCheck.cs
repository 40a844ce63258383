using Microsoft.Extensions.Options;
using Unlearning.Host.Cli.Serving;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Every rule about settings that a start would check.</summary>
internal sealed class SettingsCheck(string name, Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        string file = Path.Combine(installation.Builder.Environment.ContentRootPath, "appsettings.json");
        await using ServiceProvider services = installation.Builder.Services.BuildServiceProvider();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return Finding.Ok($"{file} and the environment are valid.");
        }
        catch (Exception failure) when (StartFailure.Explain(failure) is { } sentences)
        {
            return Finding.Problem(string.Join(" ", sentences), $"Correct {file} or the environment's variables.");
        }
    }
}
