using System.Text.Json;
using Unlearning.Host.Runs.Control;

namespace Unlearning.Host.Runs;

/// <summary>Where a run stands and what is wanted of it, as people and programs read and write it: <c>awaiting_approval</c>, <c>unlearn</c>, <c>pause</c>.</summary>
internal static class RunWord
{
    /// <summary>A state's word.</summary>
    public static string Of(RunState state) => Written(state);

    /// <summary>A stage's word.</summary>
    public static string Of(RunStage stage) => Written(stage);

    /// <summary>A wish's word.</summary>
    public static string Of(RunControl control) => Written(control);

    private static string Written<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
