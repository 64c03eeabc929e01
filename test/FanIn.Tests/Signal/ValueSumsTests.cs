using CsCheck;

namespace FanIn.Tests;

public sealed class ValueSumsTests
{
    private static readonly float[] s_special =
    [
        0,
        -0f,
        1e-9f,
        float.Epsilon,
        1e30f,
        float.NaN,
        float.PositiveInfinity,
        float.NegativeInfinity,
    ];

    private static readonly Gen<float> s_value = Gen.OneOf(
        Gen.Float[-3, 3],
        Gen.Int[0, s_special.Length - 1].Select(i => s_special[i])
    );

    /// <summary>By the definitions, value by value.</summary>
    [Fact]
    public void TheyAreThoseOfTheDefinitions() =>
        s_value
            .Array[0, 40]
            .Sample(values =>
            {
                var sums = ValueSums.Of(values);

                double[] finite = [.. values.Where(float.IsFinite).Select(x => (double)x)];
                Assert.Equal((values.Length, finite.Length), (sums.Count, sums.Finite));
                Assert.Equal(finite.Count(x => x == 0), sums.Zeros);
                Assert.Equal(finite.Count(x => x != 0 && Math.Abs(x) <= Math.Pow(2, -25)), sums.HalfUnderflows);
                if (finite.Length == 0)
                {
                    Assert.Equal((0.0, 0.0, 0.0), (sums.Mean, sums.MeanSquare, sums.Largest));
                    Assert.True(float.IsNaN(sums.Least) && float.IsNaN(sums.Most) && !sums.IsConstant);
                    return;
                }
                Assert.Equal((finite.Min(), finite.Max()), (sums.Least, sums.Most));
                Assert.Equal(finite.Max(Math.Abs), sums.Largest);
                Assert.Equal(finite.Length == values.Length && finite.Distinct().Count() == 1, sums.IsConstant);
                AssertNear(finite.Average(), sums.Mean, finite.Average(Math.Abs));
                double square = finite.Average(x => x * x);
                AssertNear(square, sums.MeanSquare, square);
                if (square > 0)
                {
                    double fourth = finite.Average(x => x * x * x * x) / square / square;
                    AssertNear(fourth, sums.FourthMoment, fourth);
                }
            });

    [Fact]
    public void ThoseOfPartsAddUpToThoseOfTheWhole() =>
        Gen.Select(s_value.Array[0, 60], Gen.Int[0, 60])
            .Sample(
                (values, cut) =>
                {
                    cut = Math.Min(cut, values.Length);
                    ValueSums parts = default;
                    parts.Add(ValueSums.Of(values.AsSpan(0, cut)));
                    parts.Add(ValueSums.Of(values.AsSpan(cut)));

                    var whole = ValueSums.Of(values);
                    Assert.Equal(
                        (whole.Count, whole.NonFinite, whole.Zeros, whole.HalfUnderflows, whole.Least, whole.Most),
                        (parts.Count, parts.NonFinite, parts.Zeros, parts.HalfUnderflows, parts.Least, parts.Most)
                    );
                    AssertNear(whole.Mean, parts.Mean, Math.Sqrt(whole.MeanSquare));
                    AssertNear(whole.MeanSquare, parts.MeanSquare, whole.MeanSquare);
                    AssertNear(whole.FourthMoment, parts.FourthMoment, whole.FourthMoment);
                }
            );

    /// <summary>A fair coin's is 1, the least there is; both ends of a mean far from 0 are the same.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void KurtosisIsAroundTheMean(float mean)
    {
        var coin = ValueSums.Of([mean - 1, mean + 1, mean - 1, mean + 1]);
        var skewed = ValueSums.Of([mean, mean, mean, mean + 4]);

        Assert.Equal(1, coin.Kurtosis, 1e-9);
        Assert.Equal(1, coin.Variance, 1e-9);
        // Of three 0 and one 4: the mean is 1, the fourth powers' 21 and the variance 3.
        Assert.Equal(21.0 / 9, skewed.Kurtosis, 1e-7);
        Assert.True(double.IsNaN(ValueSums.Of([mean]).Kurtosis));
    }

    /// <summary>
    /// By two passes over the values, whose deviations are exact: sums, those of parts of any length, those around a centre
    /// that somebody chose, however many deviations the mean is from 0.
    /// </summary>
    [Fact]
    public void TheyAreAsExactForAnyMean() =>
        Gen.Select(
                Gen.Double[-3, 3].Array[100, 2000],
                Gen.Double[-6, 6].Select(x => Math.Pow(10, x)),
                Gen.Double[-8, 8].Select(x => Math.Pow(10, x)),
                Gen.Bool,
                Gen.Int[1, 500]
            )
            .Sample(
                (draws, far, scale, isNegative, length) =>
                {
                    double mean = isNegative ? -far : far;
                    float[] values = [.. draws.Select(x => (float)(scale * (x + mean)))];
                    ValueSums parts = default;
                    ValueSums around = default;
                    float centre = ValueSums.CentreOf(values);
                    foreach (float[] part in values.Chunk(length))
                    {
                        parts.Add(ValueSums.Of(part));
                        around.Add(ValueSums.Of(part, centre));
                    }
                    foreach (ValueSums sums in (ValueSums[])[ValueSums.Of(values), parts, around])
                    {
                        AssertByTwoPasses(values, sums);
                    }
                },
                iter: 2000
            );

    /// <summary>Of a deviation that is one spacing of float32, and of one value that is far off.</summary>
    [Theory]
    [InlineData(1, 1e-7, 1000)]
    [InlineData(100, 1e-5, 100_000)]
    [InlineData(-3e4, 1e-2, 100_000)]
    [InlineData(1e30, 1e24, 1000)]
    public void ADeviationOfFewSpacingsIsSeen(double mean, double deviation, int count)
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, count).Select(_ => (float)(mean + (deviation * random.NextDouble())))];
        AssertByTwoPasses(values, ValueSums.Of(values));

        values[count / 2] = 0;
        AssertByTwoPasses(values, ValueSums.Of(values));
        ValueSums halves = ValueSums.Of(values.AsSpan(0, count / 3));
        halves.Add(ValueSums.Of(values.AsSpan(count / 3)));
        AssertByTwoPasses(values, halves);
    }

    /// <summary>Also where parts of it were looked at by themselves, and it isn't a binary number.</summary>
    [Fact]
    public void OneValueHasNoVariance()
    {
        float[] values = [.. Enumerable.Repeat(0.1f, 1001)];
        var sums = ValueSums.Of(values.AsSpan(0, 400));
        sums.Add(ValueSums.Of(values.AsSpan(400)));

        Assert.Equal((0.1f, 0.0, double.NaN), (sums.Mean, sums.Variance, sums.Kurtosis));
        Assert.Equal(0, TensorStatistics.Of(sums).StandardDeviation);
        // What isn't finite has no part in it.
        Assert.Equal(0.1f, ValueSums.Of([0.1f, float.NaN, 0.1f, float.NegativeInfinity]).Mean);
    }

    private static void AssertByTwoPasses(float[] values, in ValueSums sums)
    {
        // A float32's distance to another is exact in float64 as long as they are near each other.
        double first = values[0];
        double mean = first + values.Average(x => x - first);
        double[] deviations = [.. values.Select(x => x - mean)];
        double variance = deviations.Average(x => x * x);
        double square = values.Average(x => (double)x * x);
        double fourth = values.Average(x => (double)x * x * x * x) / square / square;
        AssertNear(mean, sums.Mean, Math.Sqrt(square));
        AssertNear(square, sums.MeanSquare, square);
        AssertNear(fourth, sums.FourthMoment, fourth);
        double rounding = 1e-16 * Math.Abs(mean) / Math.Sqrt(variance);
        Assert.Equal(1, sums.Variance / variance, 1e-9 + rounding);
        Assert.Equal(Math.Sqrt(variance), TensorStatistics.Of(sums).StandardDeviation, 1e-9 * Math.Sqrt(square));
        Assert.Equal(1, sums.Kurtosis * variance * variance / deviations.Average(x => x * x * x * x), 1e-9 + rounding);
        Assert.True(sums.Kurtosis >= 1);
    }

    private static void AssertNear(double expected, double found, double scale) =>
        Assert.InRange(found, expected - (1e-12 * scale) - double.Epsilon, expected + (1e-12 * scale) + double.Epsilon);
}
