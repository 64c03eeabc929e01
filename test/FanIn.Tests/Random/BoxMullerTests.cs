using System.Globalization;

namespace FanIn.Tests;

public sealed class BoxMullerTests
{
    // Both ends, the quarters of the circle and the octants between them, and sqrt(1/2), where the logarithm changes.
    private static readonly uint[] s_extremes =
    [
        .. from corner in new uint[]
        {
            0,
            1u << 29,
            1u << 30,
            3u << 29,
            1u << 31,
            5u << 29,
            3u << 30,
            7u << 29,
            0xB504F334,
        }
        from step in Enumerable.Range(-2, 5)
        select unchecked(corner + (uint)step),
        0x00010000,
        0x00FFFFFF,
        0x01000001,
        0xFFFF0000,
        0xFFFFFF00,
    ];

    [Fact]
    public void SingleIsWithinTheContractOnAMillionPairs()
    {
        var words = new uint[1 << 21];
        Philox4x32.Fill(words, 20, 10, 0);
        var worst = 0.0;
        for (var i = 0; i < words.Length; i += 2)
        {
            worst = Math.Max(worst, Error(words[i], words[i + 1]));
        }
        Assert.InRange(worst, 0.01, 1.0);
    }

    [Fact]
    public void SingleIsWithinTheContractOnExtremeWords()
    {
        foreach (var first in s_extremes)
        {
            foreach (var second in s_extremes)
            {
                Assert.InRange(Error(first, second), 0.0, 1.0);
            }
        }
    }

    // The pairs of words found worst when the largest errors of radius and of angle are put together.
    [Theory]
    [InlineData(1487794237u, 3783162768u)]
    [InlineData(0x9af9347fu, 3783162768u)]
    public void SingleIsWithinTheContractOnTheWorstWordsKnown(uint first, uint second) =>
        Assert.InRange(Error(first, second), 0.0, 1.0);

    [Fact]
    public void NeighboursOfOneKeepTheirDigits()
    {
        // u1 = 1 - 2^-33 rounds to 1 in float32; its logarithm is -2^-33 all the same.
        var (even, odd) = BoxMuller.Pair(0xFFFFFFFF, 0u);
        Assert.Equal(MathF.Sqrt(1f / (1L << 32)), even);
        Assert.Equal(0f, odd);
    }

    [Fact]
    public void ReachesSixPointSevenSixSigma() => Assert.Equal(6.7637f, BoxMuller.Pair(0, 0u).Even, 1e-4f);

    [Fact]
    public void DoubleIsWithinTheContractOfTheVectors()
    {
        foreach (var line in Float64Vectors.Normal.Split('\n'))
        {
            var fields = line.Trim().Split(' ');
            var (even, odd) = BoxMuller.Pair(Word(fields[0]), Word(fields[1]));
            Assert.InRange(Error(even, fields[2], fields[3]), 0.0, 1.0);
            Assert.InRange(Error(odd, fields[4], fields[5]), 0.0, 1.0);
        }
    }

    internal static ulong Word(string text) =>
        ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>The distance from a double and its remainder, in units of the contract.</summary>
    internal static double Error(double value, string high, string low)
    {
        var expected = double.Parse(high, CultureInfo.InvariantCulture);
        return Reference.InContract(value - expected - double.Parse(low, CultureInfo.InvariantCulture), expected);
    }

    private static double Error(uint first, uint second)
    {
        var (even, odd) = BoxMuller.Pair(first, second);
        var expected = Reference.BoxMuller(first, second);
        return Math.Max(
            Reference.InContract(even - expected.Even, (float)expected.Even),
            Reference.InContract(odd - expected.Odd, (float)expected.Odd)
        );
    }
}
