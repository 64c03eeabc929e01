using FanIn.Cli.Sample;

namespace FanIn.Cli.Tests;

public sealed class SampleStatisticsTests
{
    [Theory]
    [InlineData("normal(mean=3,std=2)", 100_003)]
    [InlineData("he_uniform", 1_000_000)]
    [InlineData("truncated_normal(mean=1e6,std=10,a=-1,b=3)", 30_000)]
    public void AreThoseOfTheValues(string init, int count)
    {
        SampleRequest request = SampleRequest.Read(
            new(Init: init, Shape: $"{count},1", DType: "float64", Name: "w", Seed: "9")
        );
        double[] values = new double[count];
        request.Initializer.Fill(values, request.Tensor, 9, "w");

        SampleStatistics statistics = SampleStatistics.Of(SampleValues.Draw(request), CancellationToken.None)!;

        // Sums of decimals have no rounding error to speak of.
        decimal mean = values.Sum(x => (decimal)x) / count;
        double[] centred = [.. values.Select(x => (double)((decimal)x - mean))];
        double variance = centred.Average(d => d * d);
        Assert.Equal((double)mean, statistics.Mean, Math.Abs((double)mean) * 1e-13);
        Assert.Equal(Math.Sqrt(variance), statistics.Std, Math.Sqrt(variance) * 1e-9);
        Assert.Equal(centred.Average(d => d * d * d) / Math.Pow(variance, 1.5), statistics.Skewness, 1e-7);
        Assert.Equal((centred.Average(d => d * d * d * d) / variance / variance) - 3, statistics.ExcessKurtosis, 1e-7);
        Assert.Equal((values.Min(), values.Max(), 0), (statistics.Min, statistics.Max, statistics.Zeros));
        Assert.InRange(Math.Abs(statistics.MeanErrors(request.Expected!)), 0, 4);
        Assert.InRange(Math.Abs(statistics.StdErrors(request.Expected!)), 0, 4);
    }

    [Fact]
    public void AWrongScaleIsManyStandardErrorsOff()
    {
        SampleRequest drawn = SampleRequest.Read(new(Init: "normal(mean=0.1,std=1.1)", Shape: "10000"));
        SampleRequest expected = SampleRequest.Read(new(Init: "normal", Shape: "10000"));

        SampleStatistics statistics = SampleStatistics.Of(SampleValues.Draw(drawn), CancellationToken.None)!;

        // 0.1 sqrt(10,000) and 0.1 sqrt(2 * 10,000), each give or take some.
        Assert.InRange(statistics.MeanErrors(expected.Expected!), 5, 15);
        Assert.InRange(statistics.StdErrors(expected.Expected!), 9, 20);
    }

    [Fact]
    public void HalfOfAllSamplesHaveTheirExtremesWithinTheExpected()
    {
        int within = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            SampleRequest request = SampleRequest.Read(new(Init: "normal", Shape: "1000", Seed: $"{seed}"));
            SampleStatistics statistics = SampleStatistics.Of(SampleValues.Draw(request), CancellationToken.None)!;
            within += statistics.Min > statistics.ExpectedMin(request.Expected!) ? 1 : 0;
            within += statistics.Max < statistics.ExpectedMax(request.Expected!) ? 1 : 0;
        }

        // 400 of 800, 4 standard deviations of 14 either way.
        Assert.InRange(within, 343, 457);
    }

    /// <summary>2^1000 and 2^-1040 times the same draws, whose squares and fourth powers float64 doesn't hold.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(-1040)]
    public void AScaleChangesNoShape(int exponent)
    {
        SampleStatistics one = Of("normal(std=1)", ElementType.Float64, 1000);
        double scale = Math.ScaleB(1, exponent);
        SampleStatistics scaled = Of($"normal(std={scale:R})", ElementType.Float64, 1000);

        Assert.Equal(one.Std, scaled.Std / scale, 1e-8);
        Assert.Equal(one.Skewness, scaled.Skewness, 1e-8);
        Assert.Equal(one.ExcessKurtosis, scaled.ExcessKurtosis, 1e-8);
    }

    [Fact]
    public void StandardErrorsOfFewValuesAreFair()
    {
        SampleRequest request = Request("normal", ElementType.Float32, 4);
        double sum = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            SampleRequest next = request with { Seed = seed };
            sum += SampleStatistics.Of(SampleValues.Draw(next), CancellationToken.None)!.StdErrors(request.Expected!);
        }

        // Without Bessel's correction -0.6.
        Assert.InRange(sum / 1000, -0.35, 0.1);
        Assert.True(double.IsNaN(Of("normal", ElementType.Float32, 1).StdErrors(request.Expected!)));
        Assert.Equal(0, Of("normal", ElementType.Float32, 1).ExpectedMin(request.Expected!));
    }

    [Fact]
    public void InfinitiesAreCounted()
    {
        SampleStatistics statistics = Of("normal(std=50000)", ElementType.Float16, 1000);

        // P(|x| >= 65520) = 0.19.
        Assert.InRange(statistics.NotFinite, 140, 240);
        Assert.True(double.IsNaN(statistics.Std) && double.IsInfinity(statistics.Max));
    }

    [Theory]
    [InlineData("normal(mean=1e8,std=1)", ElementType.Float32, true)]
    [InlineData("uniform(a=1,b=1.0000001)", ElementType.Float32, true)]
    [InlineData("normal(std=1e-45)", ElementType.Float32, true)]
    [InlineData("normal(mean=1,std=0.01)", ElementType.BFloat16, true)]
    [InlineData("normal(mean=1,std=0.01)", ElementType.Float32, false)]
    [InlineData("he_normal", ElementType.BFloat16, false)]
    [InlineData("constant(0.1)", ElementType.BFloat16, false)]
    public void WhatATypeCannotHoldHasNoStandardErrors(string init, ElementType type, bool coarse)
    {
        SampleRequest request = Request(init, type, 1000);
        var result = new SampleResult(
            request,
            SampleStatistics.Of(SampleValues.Draw(request), CancellationToken.None),
            null,
            null
        );

        Assert.Equal(coarse, result.IsCoarse);
        Assert.Equal(coarse || request.Expected!.StandardDeviation == 0, double.IsNaN(result.MeanErrors));
        Assert.Equal(coarse || request.Expected!.StandardDeviation == 0, double.IsNaN(result.StdErrors));
    }

    [Fact]
    public void ZerosAreCounted()
    {
        SampleRequest request = SampleRequest.Read(new(Init: "zeros", Shape: "7,3"));

        SampleStatistics statistics = SampleStatistics.Of(SampleValues.Draw(request), CancellationToken.None)!;

        Assert.Equal((21, 0.0, 0.0), (statistics.Zeros, statistics.Mean, statistics.Std));
        Assert.True(double.IsNaN(statistics.MeanErrors(request.Expected!)));
        Assert.True(double.IsNaN(statistics.StdErrors(request.Expected!)));
    }

    private static SampleStatistics Of(string init, ElementType type, int count) =>
        SampleStatistics.Of(SampleValues.Draw(Request(init, type, count)), CancellationToken.None)!;

    private static SampleRequest Request(string init, ElementType type, int count) =>
        SampleRequest.Read(new(Init: init, Shape: $"{count},1", DType: Spelling.Word(type), Seed: "3"));
}
