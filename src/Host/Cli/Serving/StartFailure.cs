using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Unlearning.Host.Api;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Serving;

/// <summary>What keeps a service from starting, in sentences.</summary>
internal static class StartFailure
{
    /// <summary>Says what is wrong and what to do, a line each; null where only the exception itself can tell.</summary>
    public static IReadOnlyList<string>? Explain(Exception failure) => failure switch
    {
        OptionsValidationException wrong => [.. wrong.Failures.Distinct()],
        AggregateException { InnerExceptions: var several } when several.All(one => Explain(one) is not null) =>
            [.. several.SelectMany(one => Explain(one)!).Distinct()],
        IOException { InnerException: AddressInUseException } =>
            [$"{failure.Message} Stop the program that listens there, or set {ApiOptions.SectionName}:Port to another port."],
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            [$"The system does not let this user listen on {ApiOptions.SectionName}:Port. Set it to a port of 1024 or above."],
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            [$"This machine has no address {ApiOptions.SectionName}:Address. Set it to one of its own, or leave it empty for the loopback interface."],
        DbException =>
            [$"The database in {DataDirectory} cannot be used: {failure.Message} 'doctor' tells more; 'restore' puts a backup in its place."],
        UnauthorizedAccessException =>
            [$"{failure.Message} The service must own what it reads and writes: check {DataDirectory} and its owner."],
        ServiceLockedException or Privacy.KeyRingException => [failure.Message],
        IOException => [$"{failure.Message} Check {DataDirectory}, its disk and its permissions."],

        // A settings file that is no JSON, a number that is none, a key that is too short.
        InvalidDataException or FormatException => [Whole(failure)],
        InvalidOperationException { InnerException: FormatException or ArgumentException } => [Whole(failure)],
        _ => null,
    };

    private static string DataDirectory => $"{UnlearningOptions.SectionName}:{nameof(UnlearningOptions.DataDirectory)}";

    private static string Whole(Exception failure) =>
        failure.InnerException is { Message: var more } && !failure.Message.Contains(more, StringComparison.Ordinal) ? $"{failure.Message} {more}" : failure.Message;
}
