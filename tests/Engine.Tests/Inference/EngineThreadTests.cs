using Microsoft.Extensions.Time.Testing;
using Unlearning.Engine.Inference;

namespace Unlearning.Engine.Tests.Inference;

public sealed class EngineThreadTests
{
    [Fact]
    public async Task A_job_under_endless_chat_keeps_a_fifth_of_the_time_even_where_a_chat_step_outlasts_its_slices()
    {
        FakeTimeProvider time = new();
        using EngineThread thread = new(time);
        bool running = false;
        double chat = 0, job = 0;
        thread.ServeChat(() =>
        {
            if (running)
                chat += Spend(70);
            return running;
        });
        await thread.RunAsync(() =>
        {
            running = true;
            for (int slice = 0; slice < 2000; slice++)
            {
                job += Spend(3);
                thread.Pause();
            }

            return running = false;
        });

        Assert.Equal(6000, job);
        Assert.InRange(chat / job, 3.9, 4.1);

        double Spend(int milliseconds)
        {
            time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return milliseconds;
        }
    }

    [Fact]
    public async Task Chat_that_waits_runs_at_the_next_pause_of_a_job()
    {
        FakeTimeProvider time = new();
        using EngineThread thread = new(time);
        int asked = 0, served = 0;
        thread.ServeChat(() => asked > served && ++served > 0);
        bool atNextPause = await thread.RunAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            asked++;
            thread.Pause();
            return served == 1;
        });
        Assert.True(atNextPause);
    }

    [Fact]
    public async Task A_failed_job_reaches_its_caller_and_the_next_one_runs()
    {
        using EngineThread thread = new();
        await Assert.ThrowsAsync<FormatException>(() => thread.RunAsync<int>(() => throw new FormatException()));
        Assert.Equal(3, await thread.RunAsync(() => 3));
    }

    [Fact]
    public async Task A_stopped_thread_refuses_work()
    {
        EngineThread thread = new();
        thread.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.RunAsync(() => 1));
    }
}
