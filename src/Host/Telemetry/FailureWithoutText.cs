using System.Diagnostics;
using OpenTelemetry;
using Unlearning.Plugin.Capture;

namespace Unlearning.Host.Telemetry;

/// <summary>
/// Takes the message of a failure out of a span before it is exported: that of one deep in generation may quote the conversation. Its
/// type stays, as <c>error.type</c>.
/// </summary>
internal sealed class FailureWithoutText : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        // The capture's own spans say nothing but a type.
        if (data.StatusDescription is not null && data.Source.Name != CaptureMetrics.MeterName)
        {
            data.SetStatus(data.Status, data.GetTagItem("error.type") as string);
        }
    }
}
