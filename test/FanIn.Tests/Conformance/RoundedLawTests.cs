using CsCheck;

namespace FanIn.Tests;

/// <summary>Stored values against real laws: what rounding does is not a fault of theirs.</summary>
public sealed class RoundedLawTests
{
    private static readonly Gen<(float[] Values, float Mean)> s_samples = Gen.Select(
        Gen.Float[-3, 3].Select(x => MathF.Round(x * 4) / 4).Array[1, 60],
        Gen.Float[-1, 1]
    );

    /// <summary>The search that passes over runs finds what a look at every value finds.</summary>
    [Fact]
    public void TheDistanceIsTheLargestOfAll() =>
        s_samples.Sample(
            (values, mean) =>
            {
                RoundedLaw law = TailBoundTests.Law(ElementDistribution.Normal(mean, 1));
                double[] sample = Array.ConvertAll(values, x => (double)x);
                double largest = 0;
                foreach (double x in sample)
                {
                    double p = Statistics.Phi(x - mean);
                    double atMost = (double)sample.Count(y => y <= x) / sample.Length;
                    double below = (double)sample.Count(y => y < x) / sample.Length;
                    largest = Math.Max(largest, Math.Max(Math.Abs(atMost - p), Math.Abs(below - p)));
                }
                Assert.Equal(largest, KolmogorovDistance.Of(new(sample), law).Distance, 1e-6);
            }
        );

    /// <summary>
    /// The quantiles of a law, rounded, are at no distance from the rounded law, and at one that a million elements would
    /// show from the law itself.
    /// </summary>
    [Theory]
    [InlineData(ElementType.BFloat16, 1.0 / 128)]
    [InlineData(ElementType.Float16, 1.0 / 1024)]
    public void AShortTypesNumbersAreNoFault(ElementType type, double cellBelow2)
    {
        ElementGrid grid = ElementGrid.Of(type);
        ElementDistribution uniform = ElementDistribution.Uniform(-1, 1.9);
        double[] sample = [.. Enumerable.Range(0, 100_000).Select(i => grid.Nearest(-1 + (2.9 * (i + 0.5) / 100_000)))];
        Assert.InRange(KolmogorovDistance.Of(new(sample), TailBoundTests.Law(uniform, type)).Distance, 0, 2e-5);
        double naive = KolmogorovDistance.Of(new(sample), TailBoundTests.Law(uniform, ElementType.Float64)).Distance;
        Assert.InRange(naive, 0.9 * cellBelow2 / 2 / 2.9, 1.1 * cellBelow2 / 2 / 2.9);
    }

    /// <summary>N(5, 0.02^2) in bfloat16 has a number every 0.03: rounding adds a twelfth of its square to the variance.</summary>
    [Fact]
    public void MomentsAreThoseOfTheRoundedLaw()
    {
        RoundedLaw law = TailBoundTests.Law(ElementDistribution.Normal(5, 0.02), ElementType.BFloat16);
        (double mean, double square) = (0, 0);
        double below = 0;
        foreach (int i in Enumerable.Range(-10, 21))
        {
            double number = 5 + (i / 32.0);
            double atMost = Statistics.Phi((number + (1.0 / 64) - 5) / 0.02);
            mean += number * (atMost - below);
            square += (number - 5) * (number - 5) * (atMost - below);
            below = atMost;
        }
        Assert.Equal(mean, law.Mean, 1e-9);
        Assert.Equal(Math.Sqrt(square), law.Std, 1e-9);
        Assert.InRange(law.Std, 0.0215, 0.0222);
        Assert.Equal(0.02, TailBoundTests.Law(ElementDistribution.Normal(5, 0.02)).Std);
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float16)]
    public void EveryTypeOfElementPasses(ElementType type)
    {
        foreach (
            string rule in (string[])
                [
                    "he_normal",
                    "uniform(a=-0.3,b=0.7)",
                    "truncated_normal(mean=5,std=0.02)",
                    "orthogonal",
                    "normal(mean=5,std=0.02)",
                ]
        )
        {
            ConformanceReport report = Conformance.Check(
                Initializer.Parse(rule),
                TensorDescription.Dense(256, 512),
                new() { ElementType = type }
            );
            Assert.True(report.Passed, report.ToString());
        }
    }
}
