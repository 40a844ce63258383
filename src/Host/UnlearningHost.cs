using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Unlearning.Engine;
using Unlearning.Host.Api;
using Unlearning.Host.Audit;
using Unlearning.Host.Embeddings;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Storage;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host;

/// <summary>Puts the hosted service together. The demo and the tests compose the same parts with other settings.</summary>
public static class UnlearningHost
{
    private const string DataDirectory = $"{UnlearningOptions.SectionName}:{nameof(UnlearningOptions.DataDirectory)}";
    private const string PerplexityText = $"{EvaluationOptions.SectionName}:{nameof(EvaluationOptions.PerplexityText)}";

    /// <summary>Creates the service's builder.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    public static WebApplicationBuilder CreateBuilder(IReadOnlyDictionary<string, string?>? overrides = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = HomeFolder.Find() });
        builder.Configuration.AddInMemoryCollection(overrides ?? new Dictionary<string, string?>());
        string policies = builder.Configuration["Unlearning:Policies:Directory"] ?? "policies";
        Dictionary<string, string?> absolute = new()
        {
            ["Unlearning:Policies:Directory"] = Path.GetFullPath(policies, builder.Environment.ContentRootPath),
        };

        // An empty one is for the options' check to refuse.
        if ((builder.Configuration[DataDirectory] ?? "data") is { } data && !string.IsNullOrWhiteSpace(data))
            absolute[DataDirectory] = Path.GetFullPath(data, HomeFolder.ForData(builder.Environment.ContentRootPath, AppContext.BaseDirectory));
        if (builder.Configuration[PerplexityText] is { } text && !string.IsNullOrWhiteSpace(text))
            absolute[PerplexityText] = Path.GetFullPath(text, builder.Environment.ContentRootPath);
        builder.Configuration.AddInMemoryCollection(absolute);

        IServiceCollection services = builder.Services;
        ConfigurationManager configuration = builder.Configuration;
        services.AddOptions<EngineOptions>().Bind(configuration.GetSection(EngineOptions.SectionName));
        services.AddOptionsWithValidateOnStart<RecipeOptions>().Bind(configuration.GetSection(RecipeOptions.SectionName));
        services.AddSingleton<IValidateOptions<RecipeOptions>, RecipeOptionsValidator>();
        services.AddOptionsWithValidateOnStart<EvaluationOptions>().Bind(configuration.GetSection(EvaluationOptions.SectionName));
        services.AddSingleton<IValidateOptions<EvaluationOptions>, EvaluationOptionsValidator>();
        services.AddSingleton<IValidateOptions<EvaluationOptions>, PerplexityTextValidator>();
        services.AddUnlearningStorage(configuration);
        services.AddSingleton<AssistantEngine>();
        services.AddSingleton<IBaseModel>(provider => provider.GetRequiredService<AssistantEngine>());
        services.AddSingleton<IReleaseLoader>(provider => provider.GetRequiredService<AssistantEngine>());
        services.AddUnlearningReleases(configuration).AddUnlearningReleaseWatch();
        services.AddSingleton<RunPipeline>();
        services.AddSingleton<IRunPipeline>(provider => provider.GetRequiredService<RunPipeline>());
        services.AddUnlearning(configuration);
        services.TryAddSingleton<IEmbeddingGenerator<string, Embedding<float>>, MiniLmEmbeddings>();
        services.AddUnlearningIncidents(configuration);
        services.AddUnlearningSchedule(configuration);
        services.AddUnlearningApi(configuration);
        services.AddHostedService<PolicyAudit>();
        services.AddUnlearningTelemetry(configuration);

        services.AddAssistant(provider => provider.GetRequiredService<ModelSlot>());
        return builder;
    }
}
