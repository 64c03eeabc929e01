using System.Numerics;
using System.Runtime.CompilerServices;

namespace FanIn;

/// <summary>
/// The outermost values of an element type that lie inside a real interval, as numbers of the type that is drawn in.
/// A value clamped to them is inside the interval that was asked for, also where the ends aren't representable and
/// after rounding to the element type: rounding alone steps over an end now and then.
/// </summary>
internal readonly record struct RepresentableRange<T>(T Low, T High)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Below it the error of a product is lost to underflow.
    private const double ProductsExact = 1e-290;

    /// <summary>Inside [mean + low std, mean + high std], taken as real numbers; ends may be infinite.</summary>
    /// <exception cref="ArgumentException">The element type has no number that large.</exception>
    public static RepresentableRange<T> Closed<TGrid>(double mean, double std, double low, double high)
        where TGrid : struct, INumberGrid
    {
        if (
            Math.FusedMultiplyAdd(low, std, mean) > TGrid.Largest
            || Math.FusedMultiplyAdd(high, std, mean) < -TGrid.Largest
        )
        {
            throw RandomArguments.Invalid(
                nameof(std),
                $"mean is {mean} and std is {std}; the cut [{low}, {high}] holds no number that is finite in {TGrid.Limit}."
            );
        }
        // (-mean) + (-high) std is the negated upper end; from 0, so that an end at 0 is +0 here too.
        return OrNearest<TGrid>(
            LowerEnd<TGrid>(mean, std, low),
            0.0 - LowerEnd<TGrid>(-mean, std, -high),
            mean + (std == 0.0 ? 0.0 : low * std)
        );
    }

    /// <summary>Inside [low, high), or the one point where both are the same.</summary>
    public static RepresentableRange<T> HalfOpen<TGrid>(double low, double high)
        where TGrid : struct, INumberGrid
    {
        var last = TGrid.Nearest(high);
        if (last >= high)
        {
            last = TGrid.Below(last);
        }
        return OrNearest<TGrid>(LowerEnd<TGrid>(low, 0.0, 0.0), last, low);
    }

    /// <summary>The value, or the end that it stepped over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Clamp(T value)
    {
        value = value < Low ? Low : value;
        return value > High ? High : value;
    }

    // An interval between two neighbours of the element type holds neither: the nearer to its start stands for it.
    private static RepresentableRange<T> OrNearest<TGrid>(double low, double high, double start)
        where TGrid : struct, INumberGrid
    {
        var nearest = T.CreateTruncating(TGrid.Nearest(start));
        return low <= high ? new(T.CreateTruncating(low), T.CreateTruncating(high)) : new(nearest, nearest);
    }

    /// <summary>The least number of the element type that is at least mean + cut std.</summary>
    private static double LowerEnd<TGrid>(double mean, double std, double cut)
        where TGrid : struct, INumberGrid
    {
        if (double.IsInfinity(cut) && std > 0.0)
        {
            return cut;
        }
        var (product, productError) = std == 0.0 ? (0.0, 0.0) : DoubleDouble.TwoProduct(cut, std);
        var (sum, sumError) = DoubleDouble.TwoSum(mean, product);
        // With the errors too: where mean and product cancel, an end at 0 say, they are all there is, and 0 is as far from
        // them as there are subnormal numbers.
        var (error, errorRest) = DoubleDouble.TwoSum(sumError, productError);
        var (whole, wholeRest) = DoubleDouble.TwoSum(sum, error);
        var end = TGrid.Nearest(double.IsFinite(whole) ? whole + (wholeRest + errorRest) : sum);
        if (!double.IsFinite(end))
        {
            return sum < 0.0 ? -TGrid.Largest : TGrid.Largest;
        }
        while (IsBelow(end))
        {
            end = TGrid.Above(end);
        }
        while (!IsBelow(TGrid.Below(end)))
        {
            end = TGrid.Below(end);
        }
        if (product != 0.0 && Math.Abs(product) < ProductsExact)
        {
            end = TGrid.Above(end);
        }
        // +0 and not -0, which prints as a value of its own.
        return end + 0.0;

        // candidate < mean + cut std, decided on the exact sum.
        bool IsBelow(double candidate)
        {
            if (double.IsInfinity(candidate))
            {
                return candidate < 0.0;
            }
            var difference = sum - candidate;
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
