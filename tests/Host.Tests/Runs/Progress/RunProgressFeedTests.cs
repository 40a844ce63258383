using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Tests.Runs.Progress;

public sealed class RunProgressFeedTests
{
    [Fact]
    public void A_listener_that_fails_keeps_no_report_from_the_others_nor_from_the_run()
    {
        RunProgressFeed feed = new();
        List<int> heard = [];
        feed.Reported += (_, _) => throw new InvalidOperationException();
        feed.Reported += (_, progress) => heard.Add(progress.Step);

        feed.Report("run", new RunProgress { Step = 1 });
        feed.Report("run", new RunProgress { Step = 2 });

        Assert.Equal([1, 2], heard);
        Assert.Equal(2, feed.Latest("run")!.Step);
    }
}
