namespace FanIn.Tests;

/// <summary>A hypernetwork's last layer H makes the weights of a main layer: W = H e.</summary>
public sealed class HyperfanTests
{
    private const int Hidden = 64;
    private const int Inputs = 50;
    private const int Outputs = 400;

    [Theory]
    [InlineData("hyperfan_in(fan=50)", 1.0 / 50)]
    [InlineData("hyperfan_in(fan=50,gain=sqrt(2))", 2.0 / 50)]
    [InlineData("hyperfan_in(fan=50,gain=sqrt(2),distribution=uniform)", 2.0 / 50)]
    [InlineData("hyperfan_in(fan=50,biases=true,distribution=truncated_normal)", 1.0 / 100)]
    [InlineData("hyperfan_out(fan=400)", 1.0 / 400)]
    [InlineData("hyperfan_out(fan=400,gain=3,distribution=uniform)", 9.0 / 400)]
    public void WeightsGetTheVarianceOfTheMainLayer(string rule, double variance)
    {
        var weights = Made(Initializer.Parse(rule), Features(meanSquare: 1));
        AssertVariance(variance, weights);
    }

    /// <summary>Features after ReLU: half of their square is gone, and the rule is told so.</summary>
    [Theory]
    [InlineData("hyperfan_in(fan=50,mean_square=0.5)", 1.0 / 50)]
    [InlineData("hyperfan_out(fan=400,mean_square=0.5)", 1.0 / 400)]
    public void MeanSquareIsTheFeatures(string rule, double variance) =>
        AssertVariance(variance, Made(Initializer.Parse(rule), Features(meanSquare: 0.5)));

    /// <summary>With biases made too, weights and biases give half of the output's variance each: y = W x + b has 1.</summary>
    [Fact]
    public void WithBiasesTheOutputKeepsItsVariance()
    {
        var features = Features(meanSquare: 1);
        var weights = Made(Initializer.HyperfanIn(Inputs, biases: true), features);
        var biasHead = new double[Outputs * Hidden];
        Initializer.VarianceScaling(0.5).Fill(biasHead, TensorDescription.Dense(Outputs, Hidden), 1, "bias");
        var x = new double[Inputs];
        RandomStream.Create(1, "x").FillNormal(x);
        var size = Math.Sqrt(x.Average(v => v * v));
        var y = new double[Outputs];
        for (var i = 0; i < Outputs; i++)
        {
            for (var j = 0; j < Inputs; j++)
            {
                y[i] += weights[(i * Inputs) + j] * x[j] / size;
            }
            for (var k = 0; k < Hidden; k++)
            {
                y[i] += biasHead[(i * Hidden) + k] * features[k];
            }
        }
        AssertVariance(1, y);
    }

    [Fact]
    public void StandardDeviationIsTheFormulas()
    {
        var head = TensorDescription.Dense(1000, 16);
        Assert.Equal(
            Math.Sqrt(2.0 / (9 * 16 * 0.5 * 2)),
            Initializer.HyperfanIn(9, Math.Sqrt(2), true, 0.5).StandardDeviation(head)!.Value,
            1e-15
        );
        Assert.Equal(
            Math.Sqrt(4.0 / (9 * 16 * 0.25)),
            Initializer.HyperfanOut(9, 2, 0.25).StandardDeviation(head)!.Value,
            1e-15
        );
        Assert.True(Initializer.HyperfanIn(9).NeedsFan);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void FansAreAboveZero(double fan)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.HyperfanIn(fan));
        Assert.StartsWith(
            $"the argument fan={NumberExpression.Print(fan)} of 'hyperfan_in' must be a finite number above 0",
            error.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>One input of the head, of exactly this mean square: normals, or their positive parts for 1/2.</summary>
    private static double[] Features(double meanSquare)
    {
        var features = new double[Hidden];
        RandomStream.Create(2, "features").FillNormal(features);
        if (meanSquare < 1)
        {
            features = Array.ConvertAll(features, x => Math.Max(0, x));
        }
        var scale = Math.Sqrt(meanSquare / features.Average(x => x * x));
        return Array.ConvertAll(features, x => x * scale);
    }

    private static double[] Made(Initializer rule, double[] features)
    {
        var head = new double[Outputs * Inputs * Hidden];
        rule.Fill(head, TensorDescription.Dense(Outputs * Inputs, Hidden), 1, "head");
        var weights = new double[Outputs * Inputs];
        for (var i = 0; i < weights.Length; i++)
        {
            for (var k = 0; k < Hidden; k++)
            {
                weights[i] += head[(i * Hidden) + k] * features[k];
            }
        }
        return weights;
    }

    /// <summary>Sums of 64 terms are nearly normal: their mean square has the standard error sqrt(2 / n); 4 of them, fixed seeds.</summary>
    private static void AssertVariance(double expected, double[] values)
    {
        var error = 4 * Math.Sqrt(2.0 / values.Length);
        Assert.InRange(values.Average(x => x * x) / expected, 1 - error, 1 + error);
    }
}
