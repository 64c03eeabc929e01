using System.Globalization;
using System.Numerics;

namespace FanIn.Tests;

public sealed class TruncatedNormalFillTests
{
    private const double Inf = double.PositiveInfinity;

    public static TheoryData<double, double> Cuts =>
        new()
        {
            { -2, 2 },
            { -1, 1 },
            { 0, Inf },
            { -Inf, -3 },
            { 2, 3 },
            { 5, 6 },
            { 30, 31 },
            { -0.1, 0.05 },
            { -Inf, Inf },
            { -1, 5 },
            { -5, 0.1 },
            { 6.5, 8 },
            { -1.9, 1.7 },
            { 1.9, 2.1 },
            { -0.5, 2.15 },
            { -3, 3 },
        };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void SingleIsWithinTheContract(double low, double high)
    {
        uint[] extremes =
        [
            .. from corner in new uint[] { 0, 1u << 29, 1u << 30, 1u << 31, 3u << 30 }
            from step in Enumerable.Range(-2, 5)
            select unchecked(corner + (uint)step),
        ];
        var words = new uint[120_000];
        Philox4x32.Fill(words, 4, 5, 0);
        extremes.CopyTo(words, 0);
        var values = Singles(words, 0, 1, low, high);
        var worst = 0.0;
        for (var i = 0; i < words.Length; i++)
        {
            var error = Reference.QuantileError(values[i], words[i], low, high);
            worst = Math.Max(worst, Reference.InContract(error, values[i]));
        }
        Assert.InRange(worst, 0.001, 1.0);
    }

    /// <summary>Against the float64 form on the same words, which the vectors hold.</summary>
    [Fact(Explicit = true)]
    public void SingleIsWithinTheContractOnEveryWordOfTheUsualCut()
    {
        var cut = TruncatedCut.Create(-2, 2);
        CentralTruncatedNormalSingle single = new(cut, 0, 1, new(float.NegativeInfinity, float.PositiveInfinity));
        TruncatedQuantile exact = new(cut, 32);
        var worst = 0.0;
        Lock gate = new();
        Parallel.For(
            0,
            1 << 16,
            () => (Words: new uint[1 << 16], Values: new float[1 << 16], Worst: 0.0),
            (high, _, state) =>
            {
                var (words, values, most) = state;
                for (var i = 0; i < words.Length; i++)
                {
                    words[i] = ((uint)high << 16) | (uint)i;
                }
                single.Apply<CentralTruncatedNormalSingle, uint, float>(words, values);
                for (var i = 0; i < words.Length; i++)
                {
                    most = Math.Max(most, Reference.InContract(exact.OfWord(words[i]) - values[i], values[i]));
                }
                return (words, values, most);
            },
            state =>
            {
                lock (gate)
                {
                    worst = Math.Max(worst, state.Worst);
                }
            }
        );
        Assert.InRange(worst, 0.8, 0.9);
    }

    [Fact]
    public void TheReachOfACutChoosesItsForm()
    {
        Assert.All([(-2.0, 2.0), (-1, 1), (0.5, 2), (-2.15, 2.15)], cut => Assert.Equal((true, true), Form(cut)));
        Assert.All(
            [(-3.0, 3.0), (-2.16, 0), (-Inf, Inf), (0, Inf), (5, 6)],
            cut => Assert.Equal((false, true), Form(cut))
        );
        Assert.All([(-Inf, -3.0), (6.5, 8), (30, 31)], cut => Assert.Equal((false, false), Form(cut)));

        static (bool Central, bool Near) Form((double Low, double High) ends)
        {
            var cut = TruncatedCut.Create(ends.Low, ends.High);
            return (CentralTruncatedNormalSingle.Reaches(cut), TruncatedNormalSingle.Reaches(cut));
        }
    }

    [Fact]
    public void DoubleIsWithinTheContractOfTheVectors()
    {
        foreach (var line in Float64Vectors.Truncated.Split('\n'))
        {
            var fields = line.Trim().Split(' ');
            var cut = TruncatedCut.Create(Number(fields[0]), Number(fields[1]));
            var z = new TruncatedQuantile(cut, 64).OfWord(BoxMullerTests.Word(fields[2]));
            Assert.InRange(BoxMullerTests.Error(z, fields[3], fields[4]), 0.0, 1.0);
        }

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(0, 0.02, -2, 2)]
    [InlineData(0, 1e30, -2, 2)]
    [InlineData(0, 0.1, -1, 3)]
    [InlineData(0.1, 0.3, -1.1, 0.7)]
    [InlineData(1000, 0.001, -2, 2)]
    [InlineData(-3, 1e5, -1e-3, 1e-3)]
    [InlineData(0, 1.7, 0, 2)]
    [InlineData(0.5, 1, 6.5, 8)]
    [InlineData(1e-20, 1e-25, -2, 2)]
    // Ends at 0 but for a rounding error: between it and 0 lie more numbers than can be tried.
    [InlineData(1, 0.3, -3.3333333333333335, 2)]
    [InlineData(-0.7, 0.1, -2, 6.999999999999999)]
    [InlineData(50, 1e-9, -5e10, 2)]
    public void NoValueLeavesTheCutAfterRounding(double mean, double std, double low, double high)
    {
        var words = new uint[4096];
        Philox4x32.Fill(words, 8, 8, 0);
        words[0] = 0;
        words[1] = uint.MaxValue;
        Assert.All(Singles(words, mean, std, low, high), x => AssertInside(x));

        var longs = words.Select(w => ((ulong)w << 32) | w).ToArray();
        var doubles = new double[longs.Length];
        new TruncatedNormalDouble(TruncatedCut.Create(low, high), mean, std, low, high).Apply(longs, doubles);
        Assert.All(doubles, AssertInside);

        // x - mean - low std and mean + high std - x, on the exact values.
        void AssertInside(double x) =>
            Assert.True(
                Exact(x) >= Exact(mean) + (Exact(low) * Exact(std) / Unit)
                    && Exact(x) <= Exact(mean) + (Exact(high) * Exact(std) / Unit),
                $"{x:R} is outside {mean:R} + [{low:R}, {high:R}] {std:R}."
            );
    }

    [Fact]
    public void CutThatHoldsNoFloatIsTheNearest()
    {
        var values = Singles([0, 1u << 31, uint.MaxValue], 0.1, 1e-14, -2, 2);
        Assert.All(values, x => Assert.Equal(0.1f, x));
        Assert.All(Singles([0, uint.MaxValue], 0.1, 0, -Inf, Inf), x => Assert.Equal(0.1f, x));
    }

    [Fact]
    public void ZeroIsPositive() =>
        Assert.All(Singles([0, 1, 2], 0, 1, 0, 1e-30), x => Assert.False(float.IsNegative(x)));

    // Whole multiples of 2^-2300: any double and any product of two, exactly.
    private static readonly BigInteger Unit = BigInteger.One << 2300;

    private static BigInteger Exact(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = (bits & ((1L << 52) - 1)) | (exponent == 0 ? 0 : 1L << 52);
        var value = (BigInteger)mantissa << (2300 + Math.Max(exponent, 1) - 1075);
        return bits < 0 ? -value : value;
    }

    private static float[] Singles(uint[] words, double mean, double std, double low, double high)
    {
        var values = new float[words.Length];
        var cut = TruncatedCut.Create(low, high);
        var range = RepresentableRange<float>.Closed<SingleGrid>(mean, std, low, high);
        if (CentralTruncatedNormalSingle.Reaches(cut))
        {
            new CentralTruncatedNormalSingle(cut, mean, std, range).Apply(words, values);
        }
        else if (TruncatedNormalSingle.Reaches(cut))
        {
            new TruncatedNormalSingle(cut, mean, std, range).Apply(words, values);
        }
        else
        {
            new FarTruncatedNormalSingle(cut, mean, std, range).Apply(words, values);
        }
        return values;
    }
}
