using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;

namespace Unlearning.Host.Tests.Runs;

public sealed class RunWordTests
{
    [Fact]
    public void A_state_a_stage_and_a_wish_are_written_in_small_letters_with_their_words_kept_apart()
    {
        Assert.Equal(
            ["queued", "running", "completed", "failed", "paused", "awaiting_approval", "cancelled"], Enum.GetValues<RunState>().Select(RunWord.Of));
        Assert.Equal("unlearn", RunWord.Of(RunStage.Unlearn));
        Assert.Equal("pause", RunWord.Of(RunControl.Pause));
    }
}
