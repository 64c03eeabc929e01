namespace FanIn.Tests;

public sealed class PairExpectationTests
{
    private static readonly double[] s_correlations =
    [
        -1,
        -0.999999,
        -0.9,
        -0.3,
        0,
        1e-3,
        0.2,
        0.5,
        0.9,
        0.99,
        0.9999,
        1 - 1e-6,
        1 - 1e-10,
        1,
    ];

    /// <summary>Arc-cosine kernels of order 0 to 2 (Cho, Saul, 2009).</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.01, 0)]
    [InlineData(1e6, 0)]
    [InlineData(2, 0.2)]
    [InlineData(1, 1)]
    [InlineData(3, -1)]
    public void PiecewiseLinearOnesAreArcCosineKernels(double q, double slope)
    {
        PairExpectation pair = PairExpectation.Of(Activation.Parse($"leaky_relu({slope})"), q);
        foreach (double c in s_correlations)
        {
            double angle = 2 * Math.Atan2(Math.Sqrt(1 - c), Math.Sqrt(1 + c));
            (double sin, double cos, double rest) = (Math.Sin(angle), Math.Cos(angle), Math.PI - angle);
            // Both above 0, or both below; and one above, the other below.
            (double same0, double same1, double same2) = (
                rest / (2 * Math.PI),
                (sin + (rest * cos)) / (2 * Math.PI),
                ((3 * sin * cos) + (rest * (1 + (2 * cos * cos)))) / (2 * Math.PI)
            );
            (double other0, double other1, double other2) = (
                angle / (2 * Math.PI),
                (sin - (angle * cos)) / (2 * Math.PI),
                ((-3 * sin * cos) + (angle * (1 + (2 * cos * cos)))) / (2 * Math.PI)
            );
            double square = slope * slope;
            PairMoments moments = pair.At(c);

            double values = ((1 + square) * same1) - (2 * slope * other1);
            Near(values * q, moments.Values, q);
            Near(((1 + square) * same0) + (2 * slope * other0), moments.Derivatives, 1);
            Near((((1 + (square * square)) * same2) + (2 * square * other2)) * q * q, moments.Squares, 3 * q * q);
            Near(((1 + (square * square)) * same0) + (2 * square * other0), moments.DerivativeSquares, 1);
        }
    }

    /// <summary>1 - c^l of a ReLU layer near 1 is theta^2 / 2 - theta^3 / (3 pi) + ..., to the digits that it has.</summary>
    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-8)]
    [InlineData(1e-13)]
    public void CloseToOneTheDistanceKeepsItsDigits(double gap)
    {
        double c = 1 - gap;
        double exactGap = 1 - c;
        double angle = 2 * Math.Atan2(Math.Sqrt(exactGap), Math.Sqrt(1 + c));
        // (1 - cos t)/2 - (sin t - t cos t) / (2 pi), the latter by its series.
        double square = angle * angle;
        double rest = angle * square / 3 * (1 - (square / 10 * (1 - (square / 28))));
        double expected = (exactGap / 2) - (rest / (2 * Math.PI));

        PairMoments moments = PairExpectation.Of(Activation.Parse("relu"), 1).At(c);

        Assert.Equal(1, moments.Distance / expected, 1e-9);
        Assert.Equal(1, moments.DerivativeDistance / (angle / (2 * Math.PI)), 1e-9);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(1e4)]
    public void ErfHasItsClosedForm(double q)
    {
        PairExpectation pair = PairExpectation.Of(Activation.Parse("erf"), q);
        foreach (double c in s_correlations)
        {
            PairMoments moments = pair.At(c);

            double values = 2 / Math.PI * Math.Asin(2 * q * c / (1 + (2 * q)));
            Near(values, moments.Values, pair.SecondMoment);
            double determinant = (1 + (2 * q) - (2 * q * c)) * (1 + (2 * q) + (2 * q * c));
            Near(4 / Math.PI / Math.Sqrt(determinant), moments.Derivatives, pair.DerivativeSecondMoment);
            // e^(-2 u1^2 - 2 u2^2).
            double wider = (1 + (4 * q) - (4 * q * c)) * (1 + (4 * q) + (4 * q * c));
            Near(16 / Math.PI / Math.PI / Math.Sqrt(wider), moments.DerivativeSquares, pair.DerivativeFourthMoment);
        }
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(100)]
    public void SineHasItsClosedForm(double q)
    {
        PairExpectation pair = PairExpectation.Of(Activation.Parse("sin"), q);
        foreach (double c in s_correlations)
        {
            PairMoments moments = pair.At(c);

            double minus = Math.Exp(-q * (1 - c));
            double plus = Math.Exp(-q * (1 + c));
            Near((minus - plus) / 2, moments.Values, pair.SecondMoment);
            Near((minus + plus) / 2, moments.Derivatives, pair.DerivativeSecondMoment);
            double doubled = (Math.Exp(-4 * q * (1 - c)) + Math.Exp(-4 * q * (1 + c))) / 2;
            Near((1 - (2 * Math.Exp(-2 * q)) + doubled) / 4, moments.Squares, pair.FourthMoment);
            Near((1 + (2 * Math.Exp(-2 * q)) + doubled) / 4, moments.DerivativeSquares, pair.DerivativeFourthMoment);
        }
    }

    /// <summary>The trapezoidal rule in z1 and z2, which converges exponentially for analytic functions.</summary>
    [Theory]
    [InlineData("gelu", 1)]
    [InlineData("gelu", 4)]
    [InlineData("silu", 0.5)]
    [InlineData("mish", 1)]
    [InlineData("softplus", 1)]
    [InlineData("tanh", 0.3)]
    [InlineData("tanh", 1.5)]
    [InlineData("sigmoid", 3)]
    [InlineData("gaussian", 1)]
    [InlineData("square", 2)]
    [InlineData("log_sigmoid", 2)]
    [InlineData("tanhshrink", 1)]
    public void SmoothOnesAgreeWithTheTrapezoidalRule(string spelling, double q)
    {
        var activation = Activation.Parse(spelling);
        PairExpectation pair = PairExpectation.Of(activation, q);
        const double Step = 0.06;
        const int Reach = 150;
        foreach (double c in (double[])[-0.95, -0.4, 0, 0.3, 0.8, 0.97])
        {
            PairMoments sum = default;
            for (int i = -Reach; i <= Reach; i++)
            {
                for (int j = -Reach; j <= Reach; j++)
                {
                    (double x, double y) = (i * Step, j * Step);
                    double weight = Step * Step / (2 * Math.PI) * Math.Exp(-((x * x) + (y * y)) / 2);
                    double u = Math.Sqrt(q) * x;
                    double v = Math.Sqrt(q) * ((c * x) + (Math.Sqrt(1 - (c * c)) * y));
                    double value = activation.Value(u) * activation.Value(v);
                    double slope = activation.Derivative(u) * activation.Derivative(v);
                    sum = new(
                        sum.Values + (weight * value),
                        sum.Derivatives + (weight * slope),
                        sum.Squares + (weight * value * value),
                        sum.DerivativeSquares + (weight * slope * slope)
                    );
                }
            }
            PairMoments moments = pair.At(c);
            Near(sum.Values, moments.Values, pair.SecondMoment);
            Near(sum.Derivatives, moments.Derivatives, pair.DerivativeSecondMoment);
            Near(sum.Squares, moments.Squares, pair.FourthMoment);
            Near(sum.DerivativeSquares, moments.DerivativeSquares, pair.DerivativeFourthMoment);
        }
    }

    /// <summary>P(|u1| &lt; 1, |u2| &lt; 1) by one integral over u1, the other being known.</summary>
    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(30)]
    public void SlopesOfHardTanhAreProbabilities(double q)
    {
        PairExpectation pair = PairExpectation.Of(Activation.Parse("hardtanh"), q);
        double end = 1 / Math.Sqrt(q);
        foreach (double c in (double[])[-0.9, 0, 0.5, 0.99, 0.9999])
        {
            double spread = Math.Sqrt((1 - c) * (1 + c));
            const int Parts = 40000;
            double reach = Math.Min(end, 9);
            double sum = 0;
            for (int i = 0; i <= Parts; i++)
            {
                double z = reach * ((2.0 * i / Parts) - 1);
                double inside = NormalTail.Phi((end - (c * z)) / spread) - NormalTail.Phi((-end - (c * z)) / spread);
                int weight =
                    i is 0 or Parts ? 1
                    : i % 2 == 0 ? 2
                    : 4;
                sum += weight * NormalTail.Density(z) * inside;
            }
            double probability = sum * 2 * reach / Parts / 3;

            Near(probability, pair.At(c).Derivatives, pair.DerivativeSecondMoment);
            Near(probability, pair.At(c).DerivativeSquares, pair.DerivativeFourthMoment);
        }
    }

    public static TheoryData<string> Elementwise =>
        [
            .. Activation.Names.Where(name => !Activation.Parse(name).IsGated),
            "leaky_relu(0.3)",
            "celu(0.2)",
            "softshrink(0)",
            "elu(2)",
        ];

    /// <summary>d/dc E f(u1) f(u2) = q E f'(u1) f'(u2) where f doesn't jump: Plackett's identity (1954).</summary>
    [Theory]
    [MemberData(nameof(Elementwise))]
    public void TheSlopeInTheCorrelationIsTheDerivatives(string spelling)
    {
        if (spelling == "hardshrink")
        {
            return;
        }
        foreach (double q in (double[])[0.1, 1, 40])
        {
            PairExpectation pair = PairExpectation.Of(Activation.Parse(spelling), q);
            foreach (double c in (double[])[-0.7, 0, 0.4, 0.9])
            {
                const double Step = 2e-3;
                double wide = (pair.At(c + (2 * Step)).Values - pair.At(c - (2 * Step)).Values) / (4 * Step);
                double narrow = (pair.At(c + Step).Values - pair.At(c - Step).Values) / (2 * Step);
                double quotient = ((4 * narrow) - wide) / 3;

                double expected = q * pair.At(c).Derivatives;
                double scale = (q * pair.DerivativeSecondMoment) + Math.Abs(quotient);
                Assert.True(
                    Math.Abs(quotient - expected) < 3e-7 * scale,
                    $"{spelling} q {q} c {c}: {quotient:R}, not {expected:R}"
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void TheEndsAreMomentsOfOneInput(string spelling)
    {
        var activation = Activation.Parse(spelling);
        foreach (double q in (double[])[1e-4, 0.5, 1, 25, 1e3])
        {
            PairExpectation pair = PairExpectation.Of(activation, q);
            GaussianExpectation one = GaussianExpectation.Of(activation, q);

            Assert.Equal(one.SecondMoment, pair.At(1).Values);
            Assert.Equal(one.DerivativeSecondMoment, pair.At(1).Derivatives);
            Assert.Equal(one.SecondMomentSlope, pair.SecondMomentSlope);
            Assert.Equal(pair.FourthMoment, pair.At(1).Squares);
            Assert.Equal(pair.DerivativeFourthMoment, pair.At(1).DerivativeSquares);
            Near(one.Mean * one.Mean, pair.At(0).Values, pair.SecondMoment);
            Near(one.SecondMoment * one.SecondMoment, pair.At(0).Squares, pair.FourthMoment);
            Near(
                one.DerivativeSecondMoment * one.DerivativeSecondMoment,
                pair.At(0).DerivativeSquares,
                pair.DerivativeFourthMoment
            );
        }
    }

    [Fact]
    public void UsersOwnFunctionsNeedNeitherDerivativeNorKinks()
    {
        foreach (
            (string spelling, Activation own) in (IEnumerable<(string, Activation)>)
                [
                    ("relu", Activation.Custom("a", x => Math.Max(x, 0))),
                    ("relu6", Activation.Custom("b", x => Math.Clamp(x, 0, 6))),
                    ("hardshrink(0.5)", Activation.Custom("c", x => Math.Abs(x) > 0.5 ? x : 0)),
                    ("tanh", Activation.Custom("d", Math.Tanh)),
                    ("sin", Activation.Custom("e", Math.Sin, Math.Cos)),
                    ("leaky_relu(0.2)", Activation.Custom("f", x => Math.Max(x, 0.2 * x), x => x > 0 ? 1 : 0.2)),
                ]
        )
        {
            foreach (double q in (double[])[0.25, 1, 20])
            {
                PairExpectation known = PairExpectation.Of(Activation.Parse(spelling), q);
                PairExpectation stated = PairExpectation.Of(own, q);
                foreach (double c in (double[])[-0.8, 0.1, 0.7, 0.999])
                {
                    (PairMoments right, PairMoments moments) = (known.At(c), stated.At(c));
                    Assert.Equal(right.Values, moments.Values, 1e-8 * known.SecondMoment);
                    Assert.Equal(right.Derivatives, moments.Derivatives, 1e-7);
                    Assert.Equal(right.Squares, moments.Squares, 1e-8 * known.FourthMoment);
                    Assert.Equal(right.DerivativeSquares, moments.DerivativeSquares, 1e-7);
                }
            }
        }
    }

    [Fact]
    public void WithoutVarianceEveryInputIsZero()
    {
        PairExpectation pair = PairExpectation.Of(Activation.Parse("softplus"), 0);

        double value = Math.Log(2);
        Assert.Equal(value, pair.Mean, 1e-15);
        Assert.Equal(value * value, pair.At(0.3).Values, 1e-15);
        Assert.Equal(0.25, pair.At(-0.2).Derivatives, 1e-15);
    }

    [Fact]
    public void BadInputIsRefusedInASentence()
    {
        string gated = Assert
            .Throws<ArgumentException>(() => PairExpectation.Of(Activation.Parse("swiglu"), 1))
            .Message;
        Assert.Contains("'swiglu' pairs two inputs of one unit", gated, StringComparison.Ordinal);
        string variance = Assert
            .Throws<ArgumentOutOfRangeException>(() => PairExpectation.Of(Activation.Parse("relu"), double.NaN))
            .Message;
        Assert.Contains(
            "variance is NaN; a variance must be finite and not negative",
            variance,
            StringComparison.Ordinal
        );
        string correlation = Assert
            .Throws<ArgumentOutOfRangeException>(() => PairExpectation.Of(Activation.Parse("relu"), 1).At(1.1))
            .Message;
        Assert.Contains("correlation is 1.1; it must be from -1 to 1", correlation, StringComparison.Ordinal);
    }

    private static void Near(double expected, double actual, double scale) =>
        Assert.True(
            Math.Abs(expected - actual) <= 1e-8 * scale,
            $"{actual:R}, not {expected:R}; off by {Math.Abs(expected - actual) / scale:0.0e0}"
        );
}
