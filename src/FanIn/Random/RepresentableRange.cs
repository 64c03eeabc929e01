using System.Numerics;
using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary>
/// The outermost values of an element type that lie inside a real interval. A value clamped to them is inside the
/// interval that was asked for, also where the ends aren't representable: rounding alone steps over an end now
/// and then.
/// </summary>
internal readonly record struct RepresentableRange<T>(T Low, T High)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
{
    // Below it the error of a product is lost to underflow.
    private const double ProductsExact = 1e-290;

    /// <summary>Inside [mean + low std, mean + high std], taken as real numbers; ends may be infinite.</summary>
    public static RepresentableRange<T> Closed(double mean, double std, double low, double high)
    {
        // (-mean) + (-high) std is the negated upper end.
        return OrNearest(LowerEnd(mean, std, low), -LowerEnd(-mean, std, -high), mean + (std == 0.0 ? 0.0 : low * std));
    }

    /// <summary>Inside [low, high), or the one point where both are the same.</summary>
    public static RepresentableRange<T> HalfOpen(double low, double high)
    {
        var last = T.CreateTruncating(high);
        if (double.CreateTruncating(last) >= high)
        {
            last = T.BitDecrement(last);
        }
        return OrNearest(LowerEnd(low, 0.0, 0.0), last, low);
    }

    /// <summary>The value, or the end that it stepped over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Clamp(T value)
    {
        value = value < Low ? Low : value;
        return value > High ? High : value;
    }

    // An interval between two neighbours of the element type holds neither: the nearer to its start stands for it.
    private static RepresentableRange<T> OrNearest(T low, T high, double start)
    {
        var nearest = T.CreateTruncating(start);
        return low <= high ? new(low, high) : new(nearest, nearest);
    }

    /// <summary>The least T that is at least mean + cut std.</summary>
    private static T LowerEnd(double mean, double std, double cut)
    {
        if (double.IsInfinity(cut) && std > 0.0)
        {
            return T.CreateTruncating(cut);
        }
        var (product, productError) = std == 0.0 ? (0.0, 0.0) : DoubleDouble.TwoProduct(cut, std);
        var (sum, sumError) = DoubleDouble.TwoSum(mean, product);
        var end = T.CreateTruncating(sum);
        if (!T.IsFinite(end))
        {
            return sum < 0.0 ? T.MinValue : T.MaxValue;
        }
        while (IsBelow(end))
        {
            end = T.BitIncrement(end);
        }
        while (!IsBelow(T.BitDecrement(end)))
        {
            end = T.BitDecrement(end);
        }
        if (product != 0.0 && Math.Abs(product) < ProductsExact)
        {
            end = T.BitIncrement(end);
        }
        // +0 and not -0, which prints as a value of its own.
        return end + T.Zero;

        // candidate < mean + cut std, decided on the exact sum.
        bool IsBelow(T candidate)
        {
            var difference = sum - double.CreateTruncating(candidate);
            var (small, smaller) = DoubleDouble.TwoSum(sumError, productError);
            (difference, small) = DoubleDouble.TwoSum(difference, small);
            (small, smaller) = DoubleDouble.TwoSum(small, smaller);
            (difference, small) = DoubleDouble.TwoSum(difference, small);
            return difference != 0.0 ? difference > 0.0
                : small != 0.0 ? small > 0.0
                : smaller > 0.0;
        }
    }
}
