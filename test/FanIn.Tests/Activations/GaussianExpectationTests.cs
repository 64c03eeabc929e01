namespace FanIn.Tests;

public sealed class GaussianExpectationTests
{
    [Fact]
    public void AgreesWithQuadratureIn40Digits()
    {
        foreach (string[] row in ReferenceTable.Rows("gaussian-expectations.tsv"))
        {
            double q = ReferenceTable.Number(row[1]);
            GaussianExpectation actual = GaussianExpectation.Of(Activation.Parse(row[0]), q);
            // Of tiny inputs the variance is what is left of values that are nearly equal.
            double tolerance = q < 1e-3 ? 1e-10 : 1e-14;
            Check("mean", actual.Mean, row[2], 0.01 * Math.Sqrt(actual.SecondMoment));
            Check("secondMoment", actual.SecondMoment, row[3]);
            Check("variance", actual.Variance, row[4]);
            Check("derivativeSecondMoment", actual.DerivativeSecondMoment, row[5]);

            void Check(string what, double value, string expected, double least = 0)
            {
                double right = ReferenceTable.Number(expected);
                Assert.True(
                    Math.Abs(value - right) <= tolerance * Math.Max(Math.Abs(right), least),
                    $"{what} of {row[0]} at {row[1]}: {value:R}, not {expected}"
                );
            }
        }
    }

    [Fact]
    public void TheTableHasTheWholeCatalogue() =>
        Assert.Empty(
            Activation
                .Names.Select(name => Activation.Parse(name).ToString())
                .Except(ReferenceTable.Rows("gaussian-expectations.tsv").Where(r => r[1] == "1").Select(r => r[0]))
        );

    /// <summary>Published or computed elsewhere, to six digits.</summary>
    [Theory]
    [InlineData("relu", 1.414214, 1.712859, 1.414214)]
    [InlineData("leaky_relu(0.01)", 1.414143, 1.704832, 1.414143)]
    [InlineData("leaky_relu(0.2)", 1.386750, 1.546460, 1.386750)]
    [InlineData("prelu(0.25)", 1.371989, 1.504610, 1.371989)]
    [InlineData("tanh", 1.592537, 1.592537, 1.467414)]
    [InlineData("sigmoid", 1.846229, 4.801313, 4.722646)]
    [InlineData("gelu", 1.533530, 1.700926, 1.481114)]
    [InlineData("gelu_tanh", 1.533581, 1.700917, 1.481168)]
    [InlineData("quick_gelu", 1.539459, 1.709359, 1.491459)]
    [InlineData("squared_relu", 0.816497, 0.894427, 0.707107)]
    [InlineData("silu", 1.676532, 1.787187, 1.623320)]
    [InlineData("mish", 1.486848, 1.592025, 1.444755)]
    [InlineData("elu", 1.245198, 1.270843, 1.223429)]
    [InlineData("celu", 1.245198, 1.270843, 1.223429)]
    // chi = 1.07157499245580.
    [InlineData("selu", 1.000000, 1.000000, 0.966026)]
    [InlineData("softplus", 1.041867, 1.919126, 1.846229)]
    [InlineData("softsign", 2.337533, 2.337533, 2.095781)]
    [InlineData("hardswish", 1.736657, 1.813871, 1.670076)]
    // 1 / sqrt(erf(1 / sqrt(2))).
    [InlineData("hardtanh", 1.392036, 1.392036, 1.210287)]
    [InlineData("sin", 1.520867, 1.520867, 1.327251)]
    public void GainsAreTheKnownOnes(string spelling, double forward, double variance, double backward)
    {
        GaussianExpectation expectation = GaussianExpectation.Of(Activation.Parse(spelling));

        Assert.Equal(forward, expectation.ForwardGain, 5e-7);
        Assert.Equal(variance, expectation.VarianceGain, 5e-7);
        Assert.Equal(backward, expectation.BackwardGain, 5e-7);
    }

    /// <summary>V'(1) with weights of variance 1 / E f^2.</summary>
    [Theory]
    [InlineData("relu", 1.0)]
    [InlineData("gelu", 1.144063)]
    [InlineData("silu", 1.172594)]
    [InlineData("mish", 1.076339)]
    [InlineData("hardswish", 1.223920)]
    [InlineData("quick_gelu", 1.136461)]
    [InlineData("tanh", 0.461071)]
    [InlineData("erf", 0.408567)]
    [InlineData("elu", 0.890968)]
    [InlineData("selu", 0.782648)]
    [InlineData("softsign", 0.476712)]
    [InlineData("sigmoid", 0.106341)]
    public void TheLengthMapsSlopeIsTheKnownOne(string spelling, double slope)
    {
        GaussianExpectation expectation = GaussianExpectation.Of(Activation.Parse(spelling));

        Assert.Equal(slope, expectation.SecondMomentSlope / expectation.SecondMoment, 5e-7);
    }

    [Theory]
    [InlineData("gelu")]
    [InlineData("hardshrink")]
    [InlineData("swiglu")]
    [InlineData("softplus")]
    public void TheLengthMapsSlopeIsItsDifferenceQuotient(string spelling)
    {
        Activation activation = Activation.Parse(spelling);
        foreach (double q in (double[])[1e-4, 0.3, 1, 20])
        {
            double step = 1e-4 * q;
            double quotient =
                (
                    GaussianExpectation.Of(activation, q + step).SecondMoment
                    - GaussianExpectation.Of(activation, q - step).SecondMoment
                ) / (2 * step);

            double slope = GaussianExpectation.Of(activation, q).SecondMomentSlope;
            Assert.Equal(quotient, slope, 1e-6 * Math.Abs(slope) + 1e-9);
        }
    }

    [Fact]
    public void OddFunctionsHaveNoMeanAtAll()
    {
        foreach (
            string odd in "identity tanh lecun_tanh softsign erf sin atan tanhshrink hardtanh softshrink".Split(' ')
        )
        {
            Assert.Equal(0, GaussianExpectation.Of(Activation.Parse(odd), 2).Mean);
        }
    }

    [Fact]
    public void WhatIsFarBeyondADoubleIsRefused()
    {
        string message = Assert
            .Throws<ExpectationException>(() => GaussianExpectation.Of(Activation.Parse("leaky_relu(1e200)")))
            .Message;
        Assert.Contains("'leaky_relu(1e+200)'", message, StringComparison.Ordinal);
        Assert.Contains("beyond the range of a double", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AThresholdThatNothingPassesHasInfiniteGains()
    {
        GaussianExpectation nothing = GaussianExpectation.Of(Activation.Parse("hardshrink(50)"));

        Assert.Equal(0, nothing.SecondMoment);
        Assert.Equal(double.PositiveInfinity, nothing.ForwardGain);
    }
}
