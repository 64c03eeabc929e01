namespace FanIn.Tests;

/// <summary>Rules for the biases of classifiers and of recurrent layers' gates.</summary>
public sealed class BiasTests
{
    [Fact]
    public void AClassifierStartsAtItsClassesFrequencies()
    {
        double[] prior = [0.5, 0.3, 0.15, 0.05];
        double[] biases = Fill(Initializer.ClassPrior(prior), 4);
        double sum = biases.Sum(Math.Exp);
        for (int k = 0; k < 4; k++)
        {
            Assert.Equal(prior[k], Math.Exp(biases[k]) / sum, 1e-15);
            Assert.Equal(Math.Log(prior[k]), biases[k], 1e-15);
        }
        double[] ofCounts = Fill(Initializer.ClassPrior(50, 30, 15, 5), 4);
        Assert.All(biases.Zip(ofCounts), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
    }

    /// <summary>ln(1 - 1e-12) as a difference of two logarithms would have 4 digits.</summary>
    [Fact]
    public void AClassThatIsNearlyAllKeepsItsDigits()
    {
        double[] biases = Fill(Initializer.ClassPrior(1e12, 1), 2);
        Assert.Equal(1, biases[0] / -1e-12, 1e-11);
        Assert.Equal(-Math.Log(1e12), biases[1], 1e-11);
    }

    [Fact]
    public void ASigmoidStartsAtItsLabelsProbability()
    {
        double[] p = [0.01, 0.1, 0.5, 0.999];
        double[] biases = Fill(Initializer.LogOdds(p), 4);
        Assert.All(p.Zip(biases), pair => Assert.Equal(pair.First, 1 / (1 + Math.Exp(-pair.Second)), 1e-15));
    }

    /// <summary>RetinaNet's -4.595.</summary>
    [Fact]
    public void FocalIsTheSameEverywhere()
    {
        Assert.All(Fill(Initializer.Focal(), 9), b => Assert.Equal(-4.595119850134590, b, 1e-14));
        Assert.All(Fill(Initializer.Focal(0.1), 9), b => Assert.Equal(-2.197224577336219, b, 1e-14));
        Assert.Equal(0, Initializer.Focal().StandardDeviation(TensorDescription.Plain(9)));
        Assert.Equal(Initializer.Focal(), Initializer.Parse("focal(prior=1/100)"));
    }

    [Fact]
    public void AThousandClassesHaveATextForm()
    {
        double[] counts = [.. Enumerable.Range(1, 1000).Select(i => i / 7.0)];
        Initializer made = Initializer.ClassPrior(counts);
        Assert.Equal(made, Initializer.Parse(made.ToString()));
        Assert.Equal(Fill(made, 1000), Fill(Initializer.Parse(made.ToString()), 1000));
        var tooMany = Assert.Throws<ArgumentException>(() => Initializer.LogOdds([.. Enumerable.Repeat(0.5, 10_001)]));
        Assert.StartsWith(
            "'log_odds' has 10001 probabilities; it takes from 1 to 10000, one an output",
            tooMany.Message
        );
    }

    [Theory]
    [InlineData("class_prior(0.75,0.25)", 3, "'class_prior' has 2 numbers and so is for a bias of shape [2], not [3].")]
    [InlineData("log_odds(0.75)", 3, "'log_odds' has 1 number and so is for a bias of shape [1], not [3].")]
    [InlineData(
        "forget_gate",
        6,
        "forget_gate is for a vector of the biases of 4 gate(s), one after the other, as long as 4 times the units; a tensor of shape [6] isn't that."
    )]
    [InlineData(
        "chrono(max_time=9,gates=rzn)",
        4,
        "chrono(max_time=9,gates=rzn) is for a vector of the biases of 3 gate(s), one after the other, as long as 3 times the units; a tensor of shape [4] isn't that."
    )]
    public void AVectorOfAnotherLengthIsRefused(string text, int length, string message)
    {
        Initializer rule = Initializer.Parse(text);
        TensorDescription tensor = TensorDescription.Plain(length);
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentException>(() => rule.Fill(new float[length], tensor, 1, "b")).Message
        );
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => rule.Distribution(tensor)).Message);
        Assert.Throws<ArgumentException>(() => rule.Fill(new float[24], TensorDescription.Dense(12, 2), 1, "b"));
        Assert.Throws<ArgumentNullException>(() => rule.Distribution(null!));
    }

    [Fact]
    public void FactoriesRefuseWhatTheTextFormRefuses()
    {
        Assert.ThrowsAny<ArgumentException>(() => Initializer.ClassPrior());
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.ClassPrior(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.ClassPrior(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.LogOdds(0.5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Focal(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Chrono(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.ForgetGate(1, (GateOrder)8));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Gpt2Residual(0));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.VarianceScaling(cut: 3));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.TruncatedNormalAbsolute(low: 2, high: 2));
    }

    [Theory]
    [InlineData("forget_gate", new[] { 0, 1.0, 0, 0 })]
    [InlineData("forget_gate(value=-2,gates=igfo)", new[] { 0, 0, -2.0, 0 })]
    [InlineData("forget_gate(gates=iofg)", new[] { 0, 0, 1.0, 0 })]
    [InlineData("forget_gate(gates=ifog)", new[] { 0, 1.0, 0, 0 })]
    [InlineData("forget_gate(gates=rzn)", new[] { 0, 1.0, 0 })]
    [InlineData("forget_gate(gates=zrn)", new[] { 1.0, 0, 0 })]
    [InlineData("forget_gate(gates=f)", new[] { 1.0 })]
    [InlineData("forget_gate(gates=i)", new[] { 0.0 })]
    public void OneGateGetsTheBias(string text, double[] ofGates)
    {
        const int Units = 5;
        double[] biases = Fill(Initializer.Parse(text), Units * ofGates.Length);
        Assert.Equal(ofGates.SelectMany(b => Enumerable.Repeat(b, Units)), biases);
        // The law of an element taken at random: the moments of the vector.
        ElementDistribution law = Initializer.Parse(text).Distribution(TensorDescription.Plain(biases.Length))!;
        double mean = biases.Average();
        Assert.Equal(mean, law.Mean, 1e-15);
        Assert.Equal(Math.Sqrt(biases.Average(b => (b - mean) * (b - mean))), law.StandardDeviation, 1e-15);
        Assert.Equal((biases.Min(), biases.Max()), (law.Low, law.High));
        Assert.Equal(biases.Count(b => b <= 0.5) / (double)biases.Length, law.Cdf(0.5), 1e-15);
    }

    [Theory]
    [InlineData("ifgo", 1, 0)]
    [InlineData("igfo", 2, 0)]
    [InlineData("iofg", 2, 0)]
    [InlineData("ifog", 1, 0)]
    [InlineData("rzn", 1, -1)]
    [InlineData("zrn", 0, -1)]
    [InlineData("f", 0, -1)]
    [InlineData("i", -1, 0)]
    public void ChronoDrawsATimeAUnit(string gates, int keeps, int letsIn)
    {
        const int Units = 1 << 16;
        Initializer rule = Initializer.Parse($"chrono(max_time=784,gates={gates})");
        double[] biases = Fill(rule, Units * gates.Length);
        double[] alone = Fill(Initializer.Chrono(784, GateOrder.F), Units);
        for (int gate = 0; gate < gates.Length; gate++)
        {
            double[] block = biases[(gate * Units)..((gate + 1) * Units)];
            double[] expected =
                gate == keeps ? alone
                : gate == letsIn ? Array.ConvertAll(alone, b => -b)
                : new double[Units];
            Assert.Equal(expected, block);
        }
        // Times are uniform: b is the logarithm of one.
        double[] times = Array.ConvertAll(alone, Math.Exp);
        new Statistics(times).AssertDistribution(t => (t - 1) / 782);
        Assert.All(alone, b => Assert.InRange(b, 0, Math.Log(783)));
    }

    /// <summary>Moments of ln t by the integrals of ln and ln^2: E = (c ln c - c + 1) / (c - 1), and so on.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(784)]
    [InlineData(1_000_000_000)]
    public void ChronosLawIsThatOfItsValues(int maxTime)
    {
        double c = maxTime - 1;
        double ln = Math.Log(c);
        double mean = ((c * ln) - c + 1) / (c - 1);
        double square = ((c * ln * ln) - (2 * c * ln) + (2 * c) - 2) / (c - 1);
        TensorDescription vector = TensorDescription.Plain(1 << 16);
        ElementDistribution one = Initializer.Chrono(maxTime, GateOrder.F).Distribution(vector)!;
        Assert.Equal(mean, one.Mean, 1e-9);
        Assert.Equal(Math.Sqrt(square - (mean * mean)), one.StandardDeviation, 1e-7);
        Assert.Equal((0, ln), (one.Low, one.High));
        var drawn = new Statistics(Fill(Initializer.Chrono(maxTime, GateOrder.F), 1 << 16));
        drawn.AssertMoments(one.Mean, one.StandardDeviation);
        drawn.AssertDistribution(one.Cdf);
        Assert.Equal(one.ExcessKurtosis, drawn.Kurtosis - 3, maxTime == 3 ? 0.05 : 0.6);

        ElementDistribution all = Initializer.Chrono(maxTime).Distribution(vector)!;
        Assert.Equal(0, all.Mean, 1e-15);
        Assert.Equal(Math.Sqrt(square / 2), all.StandardDeviation, 1e-7);
        Assert.Equal(0, all.Skewness, 1e-12);
        Assert.Equal((-ln, ln), (all.Low, all.High));
        Assert.Equal((0.25, 0.75), (all.Cdf(-1e-300), all.Cdf(0)));
        double[] values = Fill(Initializer.Chrono(maxTime), 1 << 16);
        Assert.Equal(all.ExcessKurtosis, new Statistics(values).Kurtosis - 3, 0.1);
    }

    [Fact]
    public void ChronoOfTwoStepsIsZero()
    {
        Assert.All(Fill(Initializer.Chrono(2), 16), b => Assert.Equal(0, b));
        Assert.Equal(0, Initializer.Chrono(2).StandardDeviation(TensorDescription.Plain(16)));
    }

    [Fact]
    public void BiasesAreRoundedOnce()
    {
        TensorDescription tensor = TensorDescription.Plain(64);
        Initializer rule = Initializer.Chrono(784);
        var (singles, brains, halves) = (new float[64], new BFloat16[64], new Half[64]);
        rule.Fill(singles, tensor, 3, "b");
        rule.Fill(brains, tensor, 3, "b");
        rule.Fill(halves, tensor, 3, "b");
        Assert.Equal(Array.ConvertAll(singles, x => (BFloat16)x), brains);
        Assert.Equal(Array.ConvertAll(singles, x => (Half)x), halves);
        Assert.Contains(singles, x => x > 3);
        var other = new float[64];
        rule.Fill(other, tensor, 3, "c");
        Assert.NotEqual(singles, other);
    }

    private static double[] Fill(Initializer rule, int length)
    {
        double[] values = new double[length];
        rule.Fill(values, TensorDescription.Plain(length), 1, "bias");
        return values;
    }
}
