using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests;

public sealed class TensorArithmeticTests
{
    private const int Rounds = 5_000;

    [Fact]
    public void It_is_right_and_whole_numbers_stay_whole()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new double[] { 1, -2, 4 }), y = tensor(new double[] { 0.5, 0.25, 8 });
        Same([1.5, -1.75, 12], x.Plus(y));
        Same([1.125, -1.875, 4.125], x.Plus(0.125));
        Same([0.875, -2.125, 3.875], x.Minus(0.125));
        Same([-0.5, 1, -2], x.Times(-0.5));
        Same([0.25, -0.5, 1], x.Over(4));
        Same([1, double.NegativeInfinity, 4], x.Masked(tensor(new[] { false, true, false }), double.NegativeInfinity));
        Same([1, -2, 2], x.AtMost(2));
        Assert.Equal([true, true, false], x.IsAtMost(1).data<bool>().ToArray());
        Same([1.5, -1.75, 12], x.clone().AddInPlace(y));
        Same([0, -2.5, -12], x.clone().AddInPlace(y, -2));
        Same([1.25, -1.75, 4.25], x.clone().AddInPlace(0.25));
        Same([2, -3, 68], x.clone().AddProductInPlace(x, y, 2));
        Same([2, -6, 4.25], x.clone().AddQuotientInPlace(x, y, 0.5));
        Same([0.75, -1.5, 3], x.clone().ScaleInPlace(3).DivideInPlace(4));
        Assert.Equal(11.75, y.Plus(x).sum().Number());
        Tensor range = TensorArithmetic.Range(3).Times(2).AddInPlace(0).Plus(1);
        Assert.Equal(ScalarType.Int64, range.dtype);
        Assert.Equal([1L, 3L, 5L], range.data<long>().ToArray());
        Same([0, 1, 2], TensorArithmetic.Range(3, type: ScalarType.Float64));
        Same([7, 7], TensorArithmetic.Filled(1, 2, 7, ScalarType.Float64, CPU).view(-1));

        static void Same(double[] expected, Tensor actual) => Assert.Equal(expected, actual.data<double>().ToArray());
    }

    [Fact]
    public async Task No_garbage_collection_frees_a_number_that_torch_reads()
    {
        using CancellationTokenSource over = new();
        Task collecting = Task.Factory.StartNew(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    GC.Collect(0);
                    GC.WaitForPendingFinalizers();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            using IDisposable frozen = no_grad();
            using Tensor x = ones(4), y = zeros(4);
            for (int i = 0; i < Rounds; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor sum = x.Plus(y).Plus(1.5).Minus(0.5).Times(3).Over(2).Plus(TensorArithmetic.Range(4).Times(0));
                sum.AddInPlace(x).AddInPlace(x, 2).AddInPlace(0.25).AddProductInPlace(x, x, 3).AddQuotientInPlace(x, x, -1).ScaleInPlace(2).DivideInPlace(4);
                Assert.Equal(4.125, sum.AtMost(100).sum().Number() / 4);
            }
        }
        finally
        {
            await over.CancelAsync();
            await collecting;
        }
    }
}
