namespace FanIn.Tests.Signal;

public sealed class NeighbourCorrelationTests
{
    [Theory]
    [InlineData("he_normal")]
    [InlineData("xavier_uniform")]
    [InlineData("orthogonal")]
    public void DrawnWeightsHaveOne(string initializer)
    {
        var weights = new float[512 * 256];
        Initializer.Parse(initializer).Fill(weights, TensorDescription.Dense(512, 256), seed: 3, key: "w");
        // The standard deviation is at most sqrt(2 / 512) = 0.0625: six of them, and O(1/n) for the mean that is taken off.
        Assert.InRange(NeighbourCorrelation.Of(weights, 512)!.Value, 1 - 0.4, 1 + 0.4);
    }

    /// <summary>The squared correlation of cos(w k) with its neighbour is cos(w)^2: over all frequencies a half.</summary>
    [Fact]
    public void SinesHaveHalfTheirLength()
    {
        const int Taps = 512;
        float[] basis =
        [
            .. Enumerable
                .Range(1, 255)
                .SelectMany(f => Enumerable.Range(0, Taps).Select(t => (float)Math.Cos(2 * Math.PI * f * t / Taps))),
        ];
        Assert.InRange(NeighbourCorrelation.Of(basis, 255)!.Value, 0.95 * Taps / 2, 1.05 * Taps / 2);
    }

    [Fact]
    public void WhereThereIsNothingToCompareThereIsNone()
    {
        Assert.Null(NeighbourCorrelation.Of(new float[7 * 4], 4));
        Assert.Null(NeighbourCorrelation.Of(new float[16 * 4], 4));
        Assert.Null(NeighbourCorrelation.Of([], 0));
        ArgumentException fault = Assert.Throws<ArgumentException>(() => NeighbourCorrelation.Of(new float[10], 3));
        Assert.StartsWith("10 weights don't make 3 units.", fault.Message, StringComparison.Ordinal);
    }
}
