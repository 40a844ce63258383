using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Unlearning.Host.Tests.Privacy;

/// <summary>Takes what a service exports over OTLP, byte for byte.</summary>
internal sealed class CanaryCollector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CanaryCollector()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async http =>
        {
            using MemoryStream body = new();
            await http.Request.Body.CopyToAsync(body);
            Exported.Enqueue((http.Request.Path, Encoding.UTF8.GetString(body.ToArray())));
        });
    }

    public ConcurrentQueue<(string Path, string Content)> Exported { get; } = new();

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<CanaryCollector> StartAsync()
    {
        CanaryCollector collector = new();
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
