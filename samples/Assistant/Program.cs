using System.ClientModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using Unlearning.Plugin;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(
    new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
IConfiguration settings = builder.Configuration.GetSection("Assistant");
Directory.SetCurrentDirectory(AppContext.BaseDirectory); // The policies and the spool lie beside the program.

builder.Services.AddOpenAIChatCompletion(settings["Model"]!, new Uri(settings["Url"]!), settings["ApiKey"]);
builder.Services.AddUnlearning(builder.Configuration); // The one line: from here on every answer is judged, and what is harmful is reported.

using IHost app = builder.Build();
await app.StartAsync();
IChatCompletionService assistant = app.Services.GetRequiredService<IChatCompletionService>();

// This model's server is the Host, which captures, too, and counts what it saw first: so the request says who asked as well.
OpenAIPromptExecutionSettings options = new() { MaxTokens = settings.GetValue<int>("MaxTokens"), User = Environment.UserName };
ChatHistory history = [];

// What the user thinks of the last answer goes to the reviewers.
FeedbackSender feedback = app.Services.GetRequiredService<FeedbackSender>();
AnswerFeedback? last = null;

Console.WriteLine($"Ask the assistant at {settings["Url"]}. + or - rates its last answer. An empty line ends the conversation.");
while (Ask() is { Length: > 0 } question)
{
    if (question is "+" or "-")
    {
        await RateAsync(question == "+" ? UserRating.Up : UserRating.Down);
        continue;
    }

    history.AddUserMessage(question);
    string answer = "";
    string? responseId = null;
    try
    {
        // The capture context tells the incident who asked; the Host keeps only a keyed hash of it.
        using (CaptureContext.Begin(subject: Environment.UserName))
        {
            await foreach (StreamingChatMessageContent piece in assistant.GetStreamingChatMessageContentsAsync(history, options))
            {
                Console.Write(piece.Content);
                answer += piece.Content;
                responseId ??= piece.Metadata?.GetValueOrDefault("CompletionId") as string;
                if (piece.Metadata?.GetValueOrDefault(EnforcementKeys.Action) is { } action)
                {
                    Console.Write($" [{piece.Metadata[EnforcementKeys.Policy]}: {action}]");
                }
            }
        }

        history.AddAssistantMessage(answer);
        last = new AnswerFeedback
        {
            Rating = UserRating.Down,
            ResponseId = responseId,
            Prompt = question,
            Answer = answer,
            Subject = Environment.UserName,
            Model = settings["Model"],
        };
    }
    catch (Exception failure) when (failure is HttpOperationException or ClientResultException or HttpRequestException or IOException)
    {
        // Streams throw what the connector's client does, also in the midst of an answer.
        Console.Write($"{(answer.Length > 0 ? Environment.NewLine : "")}The assistant does not answer: {failure.Message}");
        history.RemoveAt(history.Count - 1);
    }

    // A small model remembers little.
    while (history.Count > 8)
    {
        history.RemoveAt(0);
    }
}

await app.StopAsync();

async Task RateAsync(UserRating rating)
{
    if (last is null)
    {
        Console.WriteLine("There is no answer yet.");
        return;
    }

    FeedbackReceipt receipt = await feedback.SendAsync(last with { Rating = rating });
    Console.WriteLine(receipt.Id is null ? "No policy speaks of it." : "Thank you: a reviewer will see it.");
}

static string? Ask()
{
    Console.Write("\n> ");
    return Console.ReadLine();
}
