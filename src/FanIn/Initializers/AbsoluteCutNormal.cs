namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// Normal, cut to [<paramref name="low"/>, <paramref name="high"/>] and never outside: ends that don't move with mean
    /// and std, as in PyTorch's <c>trunc_normal_(mean, std, a, b)</c>. At the usual std of 0.02 the ends +-2 are a hundred
    /// standard deviations away and cut nothing; whoever means two standard deviations writes
    /// <see cref="TruncatedNormal"/>.
    /// </summary>
    /// <param name="mean">The mean before the cut.</param>
    /// <param name="std">The standard deviation before the cut.</param>
    /// <param name="low">The least value; may be -infinity.</param>
    /// <param name="high">The largest value; may be infinity.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="low"/> isn't below <paramref name="high"/>, or nothing of the normal lies between them.
    /// </exception>
    public static Initializer TruncatedNormalAbsolute(
        double mean = 0,
        double std = 1,
        double low = -2,
        double high = 2
    ) => AbsoluteCutNormal.Form.With(mean, std, low, high);
}

/// <summary>w ~ N(mean, std^2) given low &lt;= w &lt;= high.</summary>
internal sealed class AbsoluteCutNormal : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "truncated_normal_absolute",
        [
            FormParameter.Number("mean", 0),
            FormParameter.NotNegative("std", 1).Printed(),
            FormParameter.Unbounded("low", -2),
            FormParameter.Unbounded("high", 2),
        ],
        (form, v) => new AbsoluteCutNormal(form, v)
    );

    private readonly double _mean;
    private readonly double _std;
    private readonly double _low;
    private readonly double _high;

    private AbsoluteCutNormal(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments))
    {
        (_mean, _std) = (arguments[0], arguments[1]);
        var (low, high) = (arguments[2], arguments[3]);
        if (_std == 0)
        {
            // A point: what is left is whether it lies inside.
            (_low, _high) = (double.NegativeInfinity, double.PositiveInfinity);
            if (low < high && low <= _mean && _mean <= high)
            {
                return;
            }
        }
        else
        {
            _low = InStd(low);
            _high = -InStd(high, -1);
        }
        try
        {
            TruncatedCut.Create(_std == 0 ? double.NaN : _low, _high);
        }
        catch (ArgumentException e)
        {
            throw new SpellingException(
                $"{this} leaves nothing of the normal between low={NumberExpression.Print(low)} and high={NumberExpression.Print(high)}; low must be below high, and one of them within 38 std of the mean",
                e
            );
        }
    }

    public override ElementDistribution Distribution(TensorDescription tensor) =>
        ElementDistribution.CutNormal(_mean, _std, _low, _high);

    private protected override void FillElements<T>(
        Span<T> destination,
        TensorDescription tensor,
        RandomSource source
    ) => source.FillTruncatedNormal(destination, _mean, _std, _low, _high);

    /// <summary>
    /// The end in units of std; of the upper end with sign -1, negated. The quotient is rounded: steps inward until
    /// mean + quotient std, as a real number, isn't outside. Rounding is off by two steps at most; where products are subnormal
    /// or no number of a normal comes, no step helps.
    /// </summary>
    private double InStd(double end, double sign = 1)
    {
        var (mean, low) = (sign * _mean, sign * end);
        var quotient = (low - mean) / _std;
        for (var steps = 0; steps < 4 && Math.Abs(quotient) < 64.0 && IsBelow(quotient); steps++)
        {
            quotient = Math.BitIncrement(quotient);
        }
        return quotient;

        bool IsBelow(double candidate)
        {
            var (product, productError) = DoubleDouble.TwoProduct(candidate, _std);
            var (sum, sumError) = DoubleDouble.TwoSum(mean, product);
            return sum - low + (sumError + productError) < 0;
        }
    }
}
