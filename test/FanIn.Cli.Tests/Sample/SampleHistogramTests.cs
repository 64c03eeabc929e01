using FanIn.Cli.Sample;

namespace FanIn.Cli.Tests;

public sealed class SampleHistogramTests
{
    /// <summary>
    /// Pearson's test on the bins where enough is expected: at 4.5 standard deviations above the mean it fails a right
    /// histogram about once in 10,000 runs; the seeds are fixed. Widths of bins that don't heed the element type would
    /// put one representable value more or less into each and miss by thousands.
    /// </summary>
    [Theory]
    [InlineData("normal(std=0.02)", ElementType.Float32)]
    [InlineData("normal(std=0.02)", ElementType.Float64)]
    [InlineData("normal(mean=100,std=1)", ElementType.Float32)]
    [InlineData("normal(mean=100000,std=0.5)", ElementType.Float32)]
    [InlineData("truncated_normal(mean=0,std=1,a=-2,b=1)", ElementType.Float32)]
    [InlineData("uniform(a=-1,b=3)", ElementType.Float32)]
    [InlineData("he_uniform", ElementType.Float32)]
    [InlineData("normal(std=0.02)", ElementType.BFloat16)]
    [InlineData("normal(std=0.02)", ElementType.Float16)]
    [InlineData("normal(mean=1,std=0.1)", ElementType.BFloat16)]
    [InlineData("uniform(a=-1,b=3)", ElementType.BFloat16)]
    [InlineData("he_uniform", ElementType.Float16)]
    [InlineData("truncated_normal(mean=0,std=1,a=-2,b=1)", ElementType.BFloat16)]
    public void CountsAreAsExpected(string init, ElementType type)
    {
        (SampleHistogram histogram, long count) = Draw(init, type, 400_000);

        Bin[] all = [histogram.Below, .. histogram.Bins, histogram.Above];
        Assert.Equal(count, all.Sum(bin => bin.Count));
        Assert.Equal(count, all.Sum(bin => bin.Expected!.Value), 1e-3);
        Bin[] filled = [.. all.Where(bin => bin.Expected > 10)];
        Assert.InRange(filled.Length, 5, 22);
        double chiSquare = filled.Sum(bin => Math.Pow(bin.Count - bin.Expected!.Value, 2) / bin.Expected.Value);
        Assert.InRange(chiSquare, 0, filled.Length + (4.5 * Math.Sqrt(2.0 * filled.Length)));
    }

    [Fact]
    public void BinsNeverBecomeNarrowerThanTheTypeCanTell()
    {
        // From 1000000 to below 1000001 float32 has 16 values.
        (SampleHistogram histogram, _) = Draw("uniform(a=1e6,b=1000001)", ElementType.Float32, 20_000);

        Assert.All(histogram.Bins, bin => Assert.InRange(bin.Count, 1, 20_000));
        Assert.InRange(histogram.Bins.Length, 10, 16);
    }

    [Fact]
    public void ABoundedLawEndsAtItsBounds()
    {
        (SampleHistogram histogram, _) = Draw("uniform(a=0,b=1)", ElementType.Float32, 1000);

        Assert.Equal((0, 0), (histogram.Below.Count, histogram.Below.Expected));
        Assert.Equal((0, 0), (histogram.Above.Count, histogram.Above.Expected));
        Assert.Equal(0, histogram.Bins[0].Low, 1e-9);
        Assert.Equal(1, histogram.Bins[^1].High, 1e-6);
    }

    [Fact]
    public void EqualValuesHaveNone()
    {
        SampleRequest request = Request("normal(std=0)", ElementType.Float32, 10);

        Assert.Null(Of(request, SampleValues.Draw(request)));
    }

    [Theory]
    [InlineData(true, '█', '│')]
    [InlineData(false, '#', '|')]
    public void ABarIsAsLongAsItsDensityAndMarkedWhereItShouldEnd(bool blocks, char full, char mark)
    {
        var histogram = new SampleHistogram(
            new(double.NegativeInfinity, 0, 0, 0),
            [new(0, 1, 30, 15), new(1, 2, 15, 30), new(2, 4, 30, 60)],
            new(4, double.PositiveInfinity, 0, 0)
        );

        string[] lines = [.. HistogramText.Lines(histogram, 44, blocks)];

        // 21 characters for the highest density, its mark included.
        Assert.Equal(5, lines.Length);
        Assert.Contains($"  {new string(full, 10)}{mark}{new string(full, 9)} ", lines[1], StringComparison.Ordinal);
        Assert.Contains($"  {new string(full, 10)}          {mark} ", lines[2], StringComparison.Ordinal);
        Assert.Contains($"  {new string(full, 10)}          {mark} ", lines[3], StringComparison.Ordinal);
        Assert.Equal("4.00", lines[4].Trim());
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 44));
        Assert.All(lines, line => Assert.True(blocks || line.All(char.IsAscii), line));
    }

    [Theory]
    [InlineData("normal(std=1e-310)", ElementType.Float64, "0.000e0")]
    [InlineData("normal(std=1e36)", ElementType.Float32, "0.000e0")]
    public void HasBarsAndAZeroAtEveryScale(string init, ElementType type, string zero)
    {
        (SampleHistogram histogram, _) = Draw(init, type, 10_000);

        string[] lines = [.. HistogramText.Lines(histogram, 79, blocks: true)];

        string middle = Assert.Single(lines, line => line.TrimStart().StartsWith(zero, StringComparison.Ordinal));
        Assert.Contains("██████████", middle, StringComparison.Ordinal);
    }

    private static (SampleHistogram Histogram, long Count) Draw(string init, ElementType type, int count)
    {
        SampleRequest request = Request(init, type, count);
        SampleValues values = SampleValues.Draw(request);
        return (Of(request, values)!, values.Count);
    }

    private static SampleHistogram? Of(SampleRequest request, SampleValues values) =>
        SampleHistogram.Of(
            values,
            SampleStatistics.Of(values, CancellationToken.None),
            request.Expected,
            request.ElementType,
            CancellationToken.None
        );

    private static SampleRequest Request(string init, ElementType type, int count) =>
        SampleRequest.Read(new(Init: init, Shape: $"{count / 10},10", DType: Spelling.Word(type), Seed: "5"));
}
