namespace FanIn.Tests;

public sealed class NormalFillTests
{
    [Fact]
    public void MeanAndStdAreAppliedInOneRounding()
    {
        var stream = RandomStream.Create(9, "normal");
        var (z, values) = (new float[101], new float[101]);
        stream.FillNormal(z);
        stream.FillNormal(values, 0.3, 0.02);
        Assert.Equal(z.Select(x => (float)(((double)x * 0.02f) + 0.3f)), values);
    }

    [Fact]
    public void ZeroStdIsTheMean()
    {
        var values = new double[5];
        default(RandomStream).FillNormal(values, 0.1, 0);
        Assert.All(values, x => Assert.Equal(0.1, x));
    }

    [Theory]
    [InlineData(double.NaN, 1, "mean", "NaN")]
    [InlineData(double.PositiveInfinity, 1, "mean", "finite")]
    [InlineData(0, -0.5, "std", "std is -0.5")]
    [InlineData(0, double.NaN, "std", "NaN")]
    [InlineData(0, double.PositiveInfinity, "std", "finite")]
    public void BadMomentsAreErrors(double mean, double std, string name, string message)
    {
        RandomStream stream = default;
        foreach (
            var error in new[]
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => stream.FillNormal(new float[1], mean, std)),
                Assert.Throws<ArgumentOutOfRangeException>(() => stream.FillNormal(new double[1], mean, std)),
                Assert.Throws<ArgumentOutOfRangeException>(() =>
                    stream.FillTruncatedNormal(new float[1], mean, std, -2, 2)
                ),
                Assert.Throws<ArgumentOutOfRangeException>(() =>
                    stream.FillTruncatedNormal(new double[1], mean, std, -2, 2)
                ),
            }
        )
        {
            Assert.Equal(name, error.ParamName);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void MomentsOutsideFloat32AreErrorsThereOnly()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => default(RandomStream).FillNormal(new float[1], 1e39));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(RandomStream).FillNormal(new float[1], 0, 1e39));
        default(RandomStream).FillNormal(new double[1], 1e39, 1e39);
    }
}
