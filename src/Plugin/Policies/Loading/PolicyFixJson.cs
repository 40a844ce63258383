using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Writes a fix for programs as a string without its full stop, a question with its mark.</summary>
internal sealed class PolicyFixJson : JsonConverter<PolicyFix>
{
    /// <inheritdoc/>
    public override PolicyFix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Fixes are written, never read.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PolicyFix value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.Asks ? $"{value}" : value.Text);
    }
}
