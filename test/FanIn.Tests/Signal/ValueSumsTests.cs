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

    private static void AssertNear(double expected, double found, double scale) =>
        Assert.InRange(found, expected - (1e-12 * scale) - double.Epsilon, expected + (1e-12 * scale) + double.Epsilon);
}
