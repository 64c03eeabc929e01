namespace FanIn.Tests;

public sealed class ActivationValueTests
{
    private const double Epsilon = 1.0 / (1L << 52);

    [Fact]
    public void ValuesAndDerivativesAreThoseOfTheFormula()
    {
        (double worst, string at) = (0, "");
        foreach (string[] row in ReferenceTable.Rows("activation-values.tsv"))
        {
            Activation activation = Activation.Parse(row[0]);
            double x = ReferenceTable.Number(row[1]);
            Check("value", activation.Value(x), row[2], 0);
            // Those of silu and its kin pass through 0 between -2 and 0: there rounding of their two terms is left.
            Check(
                "derivative",
                activation.Derivative(x),
                row[3],
                activation.Kinks.Count == 0 && x is > -2 and < 0 ? 0.1 : 0
            );

            void Check(string what, double actual, string expected, double least)
            {
                double right = ReferenceTable.Number(expected);
                // Below the normal range there is no relative accuracy.
                double size = Math.Max(Math.Max(Math.Abs(right), least), 1e-306);
                double error = actual == right ? 0 : Math.Abs(actual - right) / size / Epsilon;
                if (!(error <= worst))
                {
                    (worst, at) = (error, $"{what} of {activation} at {x:R}: {actual:R}, not {expected}");
                }
            }
        }
        Assert.True(worst <= 8, $"{worst:0.0} units in the last place off: {at}");
    }

    [Theory]
    [InlineData("glu", "sigmoid")]
    [InlineData("reglu", "relu")]
    [InlineData("geglu", "gelu")]
    [InlineData("swiglu", "silu")]
    [InlineData("bilinear", "identity")]
    public void AGatedOneIsItsGateTimesTheOtherInput(string gated, string gate)
    {
        Activation activation = Activation.Parse(gated);

        Assert.Equal(Activation.Parse(gate).Value(-0.7) * 1.3, activation.Value(-0.7, 1.3));
        string message = Assert.Throws<InvalidOperationException>(() => activation.Value(1)).Message;
        Assert.Contains($"'{gated}' pairs two inputs", message, StringComparison.Ordinal);
        Assert.Contains($"the gate alone is '{gate}'", message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => activation.Derivative(1));
    }

    [Fact]
    public void BadInputsAreRefused()
    {
        Activation relu = Activation.Parse("relu");
        Assert.Contains(
            "'relu' is a function of one input",
            Assert.Throws<InvalidOperationException>(() => relu.Value(1, 2)).Message,
            StringComparison.Ordinal
        );
        foreach (double x in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            Assert.Contains(
                "must be finite",
                Assert.Throws<ArgumentOutOfRangeException>(() => relu.Value(x)).Message,
                StringComparison.Ordinal
            );
            Assert.Throws<ArgumentOutOfRangeException>(() => relu.Derivative(x));
        }
    }

    [Theory]
    [InlineData("relu", 0)]
    [InlineData("leaky_relu(0.2)", 0, 0.2)]
    [InlineData("abs", 0)]
    [InlineData("hardtanh", 1)]
    [InlineData("hardtanh", -1)]
    [InlineData("hardshrink(3)", 3)]
    [InlineData("softshrink(0.1)", -0.1)]
    public void AtAKinkTheDerivativeIsAutograds(string spelling, double kink, double derivative = 0)
    {
        Activation activation = Activation.Parse(spelling);

        Assert.Contains(kink, activation.Kinks);
        Assert.Equal(derivative, activation.Derivative(kink));
    }

    [Theory]
    [InlineData("identity", 1.0)]
    [InlineData("sigmoid", 1.0)]
    [InlineData("tanh", 5.0 / 3)]
    [InlineData("relu", 1.4142135623730951)]
    [InlineData("leaky_relu(0.2)", 1.3867504905630728)]
    [InlineData("selu", 0.75)]
    [InlineData("prelu", null)]
    [InlineData("gelu", null)]
    [InlineData("swiglu", null)]
    public void TorchsGainIsItsTables(string spelling, double? gain) =>
        Assert.Equal(gain, Activation.Parse(spelling).TorchGain);

    [Fact]
    public void EachEntrySaysWhatItIs() =>
        Assert.All(
            ActivationCatalogue.Definitions,
            definition =>
            {
                Assert.NotEmpty(definition.Formula);
                Assert.NotEmpty(definition.Source);
                Assert.NotEmpty(definition.Use);
            }
        );
}
