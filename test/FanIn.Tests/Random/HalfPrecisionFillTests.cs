namespace FanIn.Tests;

/// <summary>The 16-bit fills are the float32 ones rounded, and stay inside what was asked for.</summary>
public sealed class HalfPrecisionFillTests
{
    private static readonly RandomStream s_stream = RandomStream.Create(42, "fc1.weight");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4097)]
    public void NormalIsTheFloatOneRounded(long offset)
    {
        var (singles, brains, halves) = (new float[9001], new BFloat16[9001], new Half[9001]);
        s_stream.FillNormal(singles, 0.1, 0.02, offset);
        s_stream.FillNormal(brains, 0.1, 0.02, offset);
        s_stream.FillNormal(halves, 0.1, 0.02, offset);
        Assert.Equal(Array.ConvertAll(singles, x => (BFloat16)x), brains);
        Assert.Equal(Array.ConvertAll(singles, x => (Half)x), halves);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0.1, 0.3)]
    [InlineData(-1e-6, 1e-7)]
    [InlineData(1000.3, 1001.1)]
    [InlineData(-60000, 60000)]
    public void NoUniformValueLeavesTheInterval(double low, double high)
    {
        var (brains, halves) = (new BFloat16[20_000], new Half[20_000]);
        s_stream.FillUniform(brains, low, high);
        s_stream.FillUniform(halves, low, high);
        // The types may have nothing inside: then all values are one.
        if (low < 1000)
        {
            Assert.All(brains, x => Assert.True((float)x >= low && (float)x < high, $"{x} is outside"));
        }
        Assert.All(halves, x => Assert.True((float)x >= low && (float)x < high, $"{x} is outside"));
    }

    [Theory]
    [InlineData(0, 0.02, -2, 2)]
    [InlineData(0.1, 0.3, -1.1, 0.7)]
    [InlineData(0, 0.1, -3, 3)]
    [InlineData(0.5, 1, 6.5, 8)]
    [InlineData(0, 1e-6, -2, 2)]
    public void NoTruncatedValueLeavesTheCut(double mean, double std, double low, double high)
    {
        var (brains, halves) = (new BFloat16[20_000], new Half[20_000]);
        s_stream.FillTruncatedNormal(brains, mean, std, low, high);
        s_stream.FillTruncatedNormal(halves, mean, std, low, high);
        var (least, most) = (mean + (low * std), mean + (high * std));
        Assert.All(brains, x => Assert.InRange((double)(float)x, least, most));
        Assert.All(halves, x => Assert.InRange((double)(float)x, least, most));
    }

    [Fact]
    public void NumbersBeyondTheTypeAreErrors()
    {
        AssertTells("std is 70000; it must be finite in float16", () => s_stream.FillNormal(new Half[1], 0, 70000));
        AssertTells(
            "high is 1E+39; it must be finite in bfloat16",
            () => s_stream.FillUniform(new BFloat16[1], 0, 1e39)
        );
        AssertTells("mean is -70000; it must be", () => s_stream.FillTruncatedNormal(new Half[1], -70000, 1, -2, 2));

        static void AssertTells(string message, Action fill) =>
            Assert.Contains(
                message,
                Assert.Throws<ArgumentOutOfRangeException>(fill).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void EveryInitializerFillsThem()
    {
        var tensor = TensorDescription.Convolution(12, 8, [3, 3], 2, WeightLayout.Keras);
        foreach (var rule in Rules.ForWeights)
        {
            var initializer = Initializer.Parse(rule);
            var (singles, brains, halves) = (
                new float[tensor.Count],
                new BFloat16[tensor.Count],
                new Half[tensor.Count]
            );
            initializer.Fill(singles, tensor, 3, "w");
            initializer.Fill(brains, tensor, 3, "w");
            initializer.Fill(halves, tensor, 3, "w");
            Assert.Equal(Array.ConvertAll(singles, x => (BFloat16)x), brains);
            Assert.Equal(Array.ConvertAll(singles, x => (Half)x), halves);
        }
    }
}
