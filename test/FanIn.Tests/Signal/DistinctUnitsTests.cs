using CsCheck;

namespace FanIn.Tests;

public sealed class DistinctUnitsTests
{
    [Fact]
    public void CountsDifferentRows() => Assert.Equal(2, DistinctUnits.Count([1, 2, 3, 4, 1, 2], 3));

    [Fact]
    public void ZerosAreOneUnit()
    {
        Assert.Equal(1, DistinctUnits.Count(new float[12], 4));
        Assert.Equal(1, DistinctUnits.Count(new float[12], 4, new float[4]));
        Assert.Equal(1, DistinctUnits.Count(new float[12], 1));
    }

    [Fact]
    public void ALayerWithoutUnitsHasNone()
    {
        Assert.Equal(0, DistinctUnits.Count([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DistinctUnits.Count([], -1));
    }

    [Fact]
    public void BiasesTellUnitsApart()
    {
        Assert.Equal(1, DistinctUnits.Count([1, 1, 1, 1], 2, [0.5f, 0.5f]));
        Assert.Equal(2, DistinctUnits.Count([1, 1, 1, 1], 2, [0.5f, 0.6f]));
        Assert.Equal(2, DistinctUnits.Count([0, 0, 0, 0], 2, [0.5f, 0.6f]));
        Assert.Equal(2, DistinctUnits.Count([], 2, [0, 1]));
    }

    [Theory]
    [InlineData(0.9e-6f, 1)]
    [InlineData(1.2e-6f, 2)]
    public void TheToleranceIsAMillionthOfTheLargestWeight(float difference, int units)
    {
        foreach (float largest in (float[])[1, 1e-20f, 1e20f])
        {
            float[] weights = [-largest, 0, -largest, difference * largest];
            Assert.Equal(units, DistinctUnits.Count(weights, 2));
            Assert.Equal(units, DistinctUnits.Count([largest, largest], 2, [0, difference * largest]));
        }
    }

    [Fact]
    public void WeightsThatAreNoNumbersAreEqualOnlyToThemselves()
    {
        const float Nan = float.NaN;
        Assert.Equal(2, DistinctUnits.Count([Nan, 1, 2, 3], 2));
        Assert.Equal(1, DistinctUnits.Count([Nan, 1, Nan, 1], 2));
        Assert.Equal(2, DistinctUnits.Count([float.PositiveInfinity, 1, 2, 3], 2));
        Assert.Equal(2, DistinctUnits.Count([float.PositiveInfinity, float.NegativeInfinity], 2));
        Assert.Equal(1, DistinctUnits.Count([float.PositiveInfinity, float.PositiveInfinity], 2));
    }

    [Theory]
    [InlineData(5, 2, 0)]
    [InlineData(6, 3, 2)]
    [InlineData(0, 3, 2)]
    public void LengthsMustFit(int weights, int units, int biases) =>
        Assert.Throws<ArgumentException>(() => DistinctUnits.Count(new float[weights], units, new float[biases]));

    /// <summary>Rows drawn from a few far-apart ones, in any order: the count is that of the rows drawn.</summary>
    [Fact]
    public void FindsPlantedCopies() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 5].Array[1, 40])
            .Sample(
                (inputs, rows) =>
                {
                    float[] weights =
                    [
                        .. rows.SelectMany(row =>
                            Enumerable.Range(0, inputs).Select(i => i == inputs - 1 ? row + 1f : 7f)
                        ),
                    ];
                    return DistinctUnits.Count(weights, rows.Length) == rows.Distinct().Count();
                },
                iter: 300,
                seed: Property.Seed
            );
}
