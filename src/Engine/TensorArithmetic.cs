using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine;

/// <summary>Arithmetic of tensors with numbers, and sums of tensors.</summary>
/// <remarks>
/// TorchSharp hands a number to torch as a <see cref="Scalar"/>, which nothing keeps alive during the call: a garbage collection at that moment
/// frees it, and the call fails. Its own operators make such scalars without saying so, a + b among them (the factor of b). Here each lives
/// until its call is over; BannedSymbols.txt keeps the engine from the others.
/// </remarks>
internal static class TensorArithmetic
{
    private static readonly Scalar _one = 1.ToScalar();

    /// <summary>left + right, broadcast.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, _one);

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.add(number, _one);
    }

    /// <summary>left + right; whole numbers stay whole.</summary>
    public static Tensor Plus(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.add(number, _one);
    }

    /// <summary>left - right.</summary>
    public static Tensor Minus(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.sub(number);
    }

    /// <summary>left * right.</summary>
    public static Tensor Times(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.mul(number);
    }

    /// <summary>left * right; whole numbers stay whole.</summary>
    public static Tensor Times(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.mul(number);
    }

    /// <summary>left / right.</summary>
    public static Tensor Over(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.div(number);
    }

    /// <summary>x, but <paramref name="value"/> where the mask is true.</summary>
    public static Tensor Masked(this Tensor x, Tensor mask, double value)
    {
        using Scalar number = value.ToScalar();
        return x.masked_fill(mask, number);
    }

    /// <summary>min(x, most).</summary>
    public static Tensor AtMost(this Tensor x, double most)
    {
        using Scalar number = most.ToScalar();
        return x.clamp_max(number);
    }

    /// <summary>Where x is at most <paramref name="most"/>.</summary>
    public static Tensor IsAtMost(this Tensor x, double most)
    {
        using Scalar number = most.ToScalar();
        return x.le(number);
    }

    /// <summary>sum += term.</summary>
    public static Tensor AddInPlace(this Tensor sum, Tensor term) => sum.add_(term, _one);

    /// <summary>sum += factor * term.</summary>
    public static Tensor AddInPlace(this Tensor sum, Tensor term, double factor)
    {
        using Scalar number = factor.ToScalar();
        return sum.add_(term, number);
    }

    /// <summary>sum += number.</summary>
    public static Tensor AddInPlace(this Tensor sum, double number)
    {
        using Scalar term = number.ToScalar();
        return sum.add_(term, _one);
    }

    /// <summary>sum += number; for whole numbers.</summary>
    public static Tensor AddInPlace(this Tensor sum, long number)
    {
        using Scalar term = number.ToScalar();
        return sum.add_(term, _one);
    }

    /// <summary>sum += factor * left * right.</summary>
    public static Tensor AddProductInPlace(this Tensor sum, Tensor left, Tensor right, double factor)
    {
        using Scalar number = factor.ToScalar();
        return sum.addcmul_(left, right, number);
    }

    /// <summary>sum += factor * left / right.</summary>
    public static Tensor AddQuotientInPlace(this Tensor sum, Tensor left, Tensor right, double factor)
    {
        using Scalar number = factor.ToScalar();
        return sum.addcdiv_(left, right, number);
    }

    /// <summary>x *= factor.</summary>
    public static Tensor ScaleInPlace(this Tensor x, double factor)
    {
        using Scalar number = factor.ToScalar();
        return x.mul_(number);
    }

    /// <summary>x /= divisor.</summary>
    public static Tensor DivideInPlace(this Tensor x, double divisor)
    {
        using Scalar number = divisor.ToScalar();
        return x.div_(number);
    }

    /// <summary>The one number of a tensor.</summary>
    public static double Number(this Tensor x)
    {
        using Scalar number = x.ToScalar();
        return number.ToDouble();
    }

    /// <summary>0, 1, ..., count - 1.</summary>
    public static Tensor Range(long count, Device? device = null, ScalarType? type = null)
    {
        using Scalar start = 0L.ToScalar(), stop = count.ToScalar(), step = 1L.ToScalar();
        return arange(start, stop, step, dtype: type, device: device);
    }

    /// <summary>A matrix of one number.</summary>
    public static Tensor Filled(long rows, long columns, double value, ScalarType type, Device device)
    {
        using Scalar number = value.ToScalar();
        return full(rows, columns, number, dtype: type, device: device);
    }
}
