using System.Net;
using System.Net.Sockets;
using Unlearning.Host.Api;
using Unlearning.Host.Cli.Client;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the port is free, or the service that answers on it is this one.</summary>
internal sealed class PortCheck(Installation installation) : ICheck
{
    /// <inheritdoc/>
    public string Name => "port";

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        ApiOptions options = installation.Settings<ApiOptions>(ApiOptions.SectionName);
        if (await ServiceProbe.AskAsync(options, "live", cancellationToken).ConfigureAwait(false))
            return Finding.Ok($"The service answers on {ServiceAddress.Of(options)}.");
        try
        {
            using TcpListener listener = new(IPAddress.TryParse(options.Address, out IPAddress? address) ? address : IPAddress.Loopback, options.Port);
            listener.Start();
            return Finding.Ok($"{ServiceAddress.Of(options)} is free; no service answers.");
        }
        catch (SocketException failure)
        {
            return Finding.Problem(
                $"{ServiceAddress.Of(options)} cannot be listened on: {failure.Message}", $"Stop the program that listens there, or set {ApiOptions.SectionName}:Port to another port.");
        }
    }
}
