namespace FanIn.Tests.Signal;

public sealed class ValueHistogramTests
{
    [Fact]
    public void Every_value_within_reach_is_in_one_bin()
    {
        float[] values = new float[10_000];
        Initializer.Parse("normal(std=1)").Fill(values, TensorDescription.Plain(10_000), 1, "values");
        double[] numbers = [.. values.Select(x => (double)x)];

        ValueHistogram histogram = ValueHistogram.Of(values);

        double rms = Math.Sqrt(numbers.Average(x => x * x));
        Assert.Equal(rms, histogram.Rms, 1e-9);
        Assert.Equal(numbers.Max(Math.Abs), histogram.Reach, 1e-9);
        Assert.Equal(51, histogram.Shares.Length);
        Assert.Equal(1, histogram.Shares.Sum(), 1e-12);
        double width = 2 * histogram.Reach / 51;
        for (int bin = 1; bin < 50; bin++)
        {
            (double low, double high) = (-histogram.Reach + (bin * width), -histogram.Reach + ((bin + 1) * width));
            Assert.Equal(numbers.Count(x => x >= low && x < high) / 10_000.0, histogram.Shares[bin], 2e-4);
        }
    }

    [Fact]
    public void What_lies_beyond_five_rms_is_in_none()
    {
        float[] values = new float[1000];
        Array.Fill(values, 1);
        values[0] = 1000;

        ValueHistogram histogram = ValueHistogram.Of(values);

        Assert.Equal(5 * histogram.Rms, histogram.Reach);
        Assert.Equal(0.999, histogram.Shares.Sum(), 1e-12);
        Assert.True(histogram.Shares.Sum() <= 1);
    }

    [Fact]
    public void The_ends_belong_to_the_outer_bins()
    {
        ValueHistogram histogram = ValueHistogram.Of(new float[] { -2, 2, 2, 0 });

        Assert.Equal((0.25, 0.25, 0.5), (histogram.Shares[0], histogram.Shares[25], histogram.Shares[50]));
        Assert.Equal(2, histogram.Reach);
    }

    [Theory]
    [InlineData(new float[0], 0)]
    [InlineData(new float[] { 0, 0 }, 0)]
    [InlineData(new[] { float.NaN, 1 }, double.NaN)]
    [InlineData(new[] { float.NegativeInfinity, 1 }, double.PositiveInfinity)]
    public void Without_a_scale_there_are_no_bins(float[] values, double rms)
    {
        ValueHistogram histogram = ValueHistogram.Of(values);

        Assert.Equal(rms, histogram.Rms);
        Assert.Equal(0, histogram.Reach);
        Assert.Empty(histogram.Shares);
    }

    [Theory]
    [InlineData(1e-44f)]
    [InlineData(1e38f)]
    public void The_ends_of_float32_are_within_its_scale(float scale)
    {
        ValueHistogram histogram = ValueHistogram.Of(new[] { scale, -scale });

        Assert.Equal(1, histogram.Rms / scale, 1e-6);
        Assert.Equal(1, histogram.Shares.Sum(), 1e-12);
    }
}
