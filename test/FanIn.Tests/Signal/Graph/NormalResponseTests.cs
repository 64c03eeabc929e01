namespace FanIn.Tests;

public sealed class NormalResponseTests
{
    public static TheoryData<string> Activations =>
        [.. Activation.Names.Where(name => !Activation.Parse(name).IsGated)];

    /// <summary>The catalogue's functions on fixed nodes, and the same as a user's, followed until polynomials fit.</summary>
    [Theory]
    [MemberData(nameof(Activations))]
    public void FixedNodesAreAsGoodAsAdaptiveOnes(string name)
    {
        var known = Activation.Parse(name);
        var users = Activation.Custom("users", known.Value, known.Derivative, [.. known.Kinks]);
        foreach (double variance in (double[])[1e-4, 0.3, 2.0, 40.0])
        {
            foreach (double mean in (double[])[0.0, 0.7])
            {
                NormalResponse expected = NormalResponse.Of(users, mean, variance);
                NormalResponse actual = NormalResponse.Of(known, mean, variance);
                Close(expected.SecondMoment, actual.SecondMoment);
                Close(expected.DerivativeSecondMoment, actual.DerivativeSecondMoment);
                Close(expected.FourthMoment, actual.FourthMoment);
                Close(expected.SignalSlope, actual.SignalSlope);
                Close(expected.GradientSlope, actual.GradientSlope);
                Close(expected.Product(0.7), actual.Product(0.7));
                Close(expected.SlopeSquares(0.7), actual.SlopeSquares(0.7));
                Close(expected.Projection(0.7), actual.Projection(0.7));
            }
        }

        static void Close(double expected, double actual) =>
            Assert.Equal(expected, actual, 1e-9 * (1.0 + Math.Abs(expected)));
    }

    /// <summary>Arc-cosine kernels (Cho, Saul 2009), also where correlations are negative or close to 1.</summary>
    [Theory]
    [InlineData(-0.99)]
    [InlineData(-0.9)]
    [InlineData(-0.5)]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    [InlineData(1.0)]
    public void ReluIsTheArcCosineKernel(double c)
    {
        NormalResponse relu = NormalResponse.Of(Activation.Parse("relu"), 0.0, 3.0);
        double angle = Math.PI - Math.Acos(c);
        double product = (Math.Sqrt(1 - (c * c)) + (c * angle)) / Math.PI;

        Assert.Equal(1.5 * product, relu.Product(c), 1e-4);
        Assert.Equal(angle / Math.PI, relu.SlopeProduct(c), 0.02);
        Assert.Equal(angle / Math.PI, relu.CosineSlope(c), 0.02);
        // E z z' over the quadrant where both are positive, over E f'^2 = 1/2.
        Assert.Equal(product, relu.Projection(c), 0.02);
    }
}
