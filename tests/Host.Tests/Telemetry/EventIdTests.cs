using System.Reflection;
using Microsoft.Extensions.Logging;
using Unlearning.Host.Runs;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Tests.Telemetry;

public sealed class EventIdTests
{
    [Fact]
    public void Every_event_of_the_log_has_an_id_and_a_name_of_its_own()
    {
        LoggerMessageAttribute[] events =
        [
            .. new[] { typeof(RunStore).Assembly, typeof(Policy).Assembly }.SelectMany(assembly => assembly.GetTypes())
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>(),
        ];
        Assert.True(events.Length > 50);
        Assert.Empty(events.GroupBy(one => one.EventId).Where(same => same.Count() > 1).Select(same => $"{same.Key}: {string.Join(", ", same.Select(one => one.EventName))}"));
        Assert.Empty(events.GroupBy(one => one.EventName).Where(same => same.Count() > 1).Select(same => same.Key));
    }
}
