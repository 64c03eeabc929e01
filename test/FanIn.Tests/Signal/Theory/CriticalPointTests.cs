namespace FanIn.Tests;

public sealed class CriticalPointTests
{
    /// <summary>Published, or computed in 40 digits elsewhere.</summary>
    [Theory]
    [InlineData("relu", 0, 2, double.NaN)]
    [InlineData("leaky_relu(0.2)", 0, 2 / 1.04, double.NaN)]
    [InlineData("identity", 0, 1, double.NaN)]
    [InlineData("tanh", 0, 1, 0)]
    [InlineData("erf", 0, Math.PI / 4, 0)]
    [InlineData("tanh", 0.05, 1.760954639606739, 0.5700478816407641)]
    [InlineData("tanh", 2.36876750597895e-4, 1.115380624362802, 0.0625)]
    [InlineData("tanh", 8.32280424686e-4, 1.177569096164601, 0.1)]
    [InlineData("tanh", 0.03804120111126847, 1.687975120577535, 0.5)]
    [InlineData("tanh", 0.1509646293785529, 2.15330264890279, 1)]
    public void KnownPointsAreThere(string spelling, double bias, double weight, double fixedPoint)
    {
        CriticalPoint point = CriticalPoint.Of(Activation.Parse(spelling), bias)!;

        Assert.Equal(weight, point.WeightVariance, 1e-9);
        Assert.Equal(double.IsNaN(fixedPoint), point.FixedPoint is null);
        Assert.Equal(double.IsNaN(fixedPoint) ? 0 : fixedPoint, point.FixedPoint ?? 0, 1e-8);
        Assert.Equal(1, point.ChiPerp, 1e-12);
    }

    /// <summary>sigma_w^2 = 1 / E f'^2 and V(q) = q in closed form: sigma_w^2 = pi/4 sqrt(1 + 4q), V by the arc sine.</summary>
    [Theory]
    [InlineData(0.05)]
    [InlineData(1)]
    public void ErfsPointFulfilsItsClosedForm(double bias)
    {
        CriticalPoint point = CriticalPoint.Of(Activation.Parse("erf"), bias)!;
        double q = point.FixedPoint!.Value;

        Assert.Equal(Math.PI / 4 * Math.Sqrt(1 + (4 * q)), point.WeightVariance, 1e-10);
        double next = (point.WeightVariance * 2 / Math.PI * Math.Asin(2 * q / (1 + (2 * q)))) + bias;
        Assert.Equal(q, next, 1e-10);
    }

    /// <summary>Where chi_par = 1 too; gelu and silu published by Roberts, Yaida and Hanin.</summary>
    [Theory]
    [InlineData("gelu", 3.56155281280883, 1.983058257437547, 0.1729223907560674)]
    [InlineData("silu", 14.3201736180258, 1.988004678269492, 0.5551431707215304)]
    [InlineData("gelu_tanh", 3.556772844715111, 1.982888239821092, 0.1728951982638158)]
    [InlineData("quick_gelu", 4.94343891337688, 1.988004678269492, 0.1916398799233674)]
    [InlineData("mish", 1.670169132478078, 2.01352406971953, 0.0945217873706653)]
    [InlineData("hardswish", 4.803855948880405, 1.973289583642469, 0.507145848788517)]
    public void BelowTheDoublePointTheSignalRunsAway(string spelling, double q, double weight, double bias)
    {
        var activation = Activation.Parse(spelling);
        CriticalPoint point = CriticalPoint.DoubleOf(activation)!;

        Assert.Equal(q, point.FixedPoint!.Value, 1e-9 * q);
        Assert.Equal(weight, point.WeightVariance, 1e-9);
        Assert.Equal(bias, point.BiasVariance, 1e-9);
        Assert.Equal(FixedPointStability.HalfStable, point.Stability);
        Assert.Equal(FixedPointStability.HalfStable, CriticalPoint.Of(activation, bias)!.Stability);
        Assert.Equal(FixedPointStability.Unstable, CriticalPoint.Of(activation, 0.9 * bias)!.Stability);
        Assert.Equal(FixedPointStability.Stable, CriticalPoint.Of(activation, 1.1 * bias)!.Stability);
        Assert.Equal(FixedPointStability.Unstable, CriticalPoint.Of(activation)!.Stability);
    }

    [Theory]
    [InlineData("relu", FixedPointStability.Stable)]
    [InlineData("tanh", FixedPointStability.Marginal)]
    [InlineData("hardtanh", FixedPointStability.Marginal)]
    [InlineData("sin", FixedPointStability.Marginal)]
    [InlineData("elu", FixedPointStability.Marginal)]
    [InlineData("gelu", FixedPointStability.Unstable)]
    [InlineData("sigmoid", FixedPointStability.Stable)]
    public void StabilityWithoutBiases(string spelling, FixedPointStability stability) =>
        Assert.Equal(stability, CriticalPoint.Of(Activation.Parse(spelling))!.Stability);

    [Theory]
    [InlineData("softplus", 0)]
    [InlineData("softplus", 0.1)]
    [InlineData("log_sigmoid", 1)]
    [InlineData("relu", 0.1)]
    [InlineData("square", 0)]
    public void SomeHaveNone(string spelling, double bias) =>
        Assert.Null(CriticalPoint.Of(Activation.Parse(spelling), bias));

    public static TheoryData<string> Elementwise =>
        [.. Activation.Names.Where(name => !Activation.Parse(name).IsGated)];

    /// <summary>What is said to be there fulfils both equations; what isn't, no q on a grid of another step does.</summary>
    [Theory]
    [MemberData(nameof(Elementwise))]
    public void TheWholeCatalogueHasItsPointOrProvablyNone(string spelling)
    {
        var activation = Activation.Parse(spelling);
        foreach (double bias in (double[])[0.02, 0.7])
        {
            if (CriticalPoint.Of(activation, bias) is { } point)
            {
                double q = point.FixedPoint!.Value;
                GaussianExpectation e = GaussianExpectation.Of(activation, q);
                Assert.Equal(1, point.WeightVariance * e.DerivativeSecondMoment, 1e-9);
                Assert.Equal(q, (point.WeightVariance * e.SecondMoment) + bias, 1e-9 * q);
                Assert.Equal(point.ChiPar, point.WeightVariance * e.SecondMomentSlope, 1e-9);
                continue;
            }
            int? sign = null;
            for (double q = 1e-6; q < 1e6; q *= 1.9)
            {
                GaussianExpectation e = GaussianExpectation.Of(activation, q);
                if (e.DerivativeSecondMoment == 0)
                {
                    // Nothing passes.
                    continue;
                }
                double miss = q - (e.SecondMoment / e.DerivativeSecondMoment) - bias;
                sign ??= Math.Sign(miss);
                Assert.Equal(sign, Math.Sign(miss));
            }
        }
    }

    [Fact]
    public void InitializersWriteThePoint()
    {
        CriticalPoint point = CriticalPoint.Of(Activation.Parse("tanh"), 0.04)!;

        Assert.Equal(
            Initializer.Parse($"variance_scaling(scale={point.WeightVariance:R},mode=fan_in)"),
            point.WeightInitializer
        );
        Assert.Equal("normal(std=0.2)", point.BiasInitializer.ToString());
        Assert.Equal("zeros", CriticalPoint.Of(Activation.Parse("relu"))!.BiasInitializer.ToString());
    }

    [Fact]
    public void BadInputIsRefusedInASentence()
    {
        Assert.Contains(
            "'geglu' pairs two inputs of one unit",
            Assert.Throws<ArgumentException>(() => CriticalPoint.Of(Activation.Parse("geglu"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "biasVariance is -1; a variance must be finite and not negative",
            Assert.Throws<ArgumentOutOfRangeException>(() => CriticalPoint.Of(Activation.Parse("relu"), -1)).Message,
            StringComparison.Ordinal
        );
    }
}
