namespace FanIn.Tests;

/// <summary>
/// Every random rule on half a million elements: mean, standard deviation, bounds and shape by formulas written here
/// from the papers, in both precisions.
/// </summary>
public sealed class DistributionOfInitializersTests
{
    private const double In = 2304; // 512 / 2 channels x 9 taps
    private const double Out = 576; // 128 / 2 channels x 9 taps
    private static readonly TensorDescription s_convolution = TensorDescription.Convolution(128, 512, [3, 3], 2);

    [Theory]
    [InlineData("normal", 0, 1)]
    [InlineData("normal(mean=-3,std=0.01)", -3, 0.01)]
    [InlineData("he_normal", 0, 0.029462782549439483)] // sqrt(2 / 2304)
    [InlineData("he_normal(mode=fan_out)", 0, 0.058925565098878960)] // sqrt(2 / 576)
    [InlineData("he_normal(gain=1)", 0, 1.0 / 48)]
    [InlineData("xavier_normal", 0, 0.026352313834736494)] // sqrt(2 / 2880)
    [InlineData("xavier_normal(gain=5/3)", 0, 0.043920523057894154)]
    [InlineData("lecun_normal", 0, 1.0 / 48)]
    public void Normals(string rule, double mean, double std) =>
        Check(rule, mean, std, 3, x => Statistics.Phi((x - mean) / std));

    [Theory]
    [InlineData("uniform", 0, 1)]
    [InlineData("uniform(a=-0.25,b=2)", -0.25, 2)]
    [InlineData("he_uniform", -0.051031036307982884, 0.051031036307982884)] // sqrt(6 / 2304)
    [InlineData("he_uniform(mode=fan_avg,gain=1)", -0.045643546458763840, 0.045643546458763840)] // sqrt(3 / 1440)
    [InlineData("xavier_uniform", -0.045643546458763840, 0.045643546458763840)] // sqrt(6 / 2880)
    [InlineData("xavier_uniform(gain=2)", -0.091287092917527680, 0.091287092917527680)]
    [InlineData("lecun_uniform", -0.036084391824351615, 0.036084391824351615)] // sqrt(3 / 2304)
    [InlineData("standard_uniform", -1.0 / 48, 1.0 / 48)] // 1 / sqrt(2304)
    public void Uniforms(string rule, double low, double high)
    {
        Statistics[] samples = Check(
            rule,
            (low + high) / 2,
            (high - low) / Math.Sqrt(12),
            1.8,
            x => (x - low) / (high - low)
        );
        foreach (Statistics sample in samples)
        {
            Assert.InRange(sample.Least, low, low + ((high - low) * 1e-4));
            Assert.InRange(sample.Largest, high - ((high - low) * 1e-4), high);
        }
    }

    [Theory]
    [InlineData("truncated_normal", 0, 1, -2, 2, false)]
    [InlineData("truncated_normal(mean=5,std=0.02)", 5, 0.02, -2, 2, false)]
    [InlineData("truncated_normal(corrected=true)", 0, 1, -2, 2, true)]
    [InlineData("truncated_normal(std=0.02,a=-3,b=3,corrected=true)", 0, 0.02, -3, 3, true)]
    [InlineData("truncated_normal(a=0,b=inf)", 0, 1, 0, double.PositiveInfinity, false)]
    [InlineData("truncated_normal(mean=1,std=2,a=-inf,b=-1,corrected=true)", 1, 2, double.NegativeInfinity, -1, true)]
    [InlineData("truncated_normal(a=-0.5,b=1.5)", 0, 1, -0.5, 1.5, false)]
    public void Cuts(string rule, double mean, double std, double a, double b, bool corrected)
    {
        (double cutMean, double cutStd) = Statistics.Cut(a, b);
        double uncut = corrected ? std / cutStd : std;
        (double below, double above) = (Statistics.Phi(a), Statistics.Phi(b));
        Statistics[] samples = Check(
            rule,
            mean + (uncut * cutMean),
            uncut * cutStd,
            null,
            x => (Statistics.Phi((x - mean) / uncut) - below) / (above - below)
        );
        foreach (Statistics sample in samples)
        {
            // The ends as real numbers, but for the rounding of this line itself.
            double slack = 1e-15 * (Math.Abs(mean) + uncut);
            Assert.InRange(sample.Least, mean + (uncut * a) - slack, mean + (uncut * b) + slack);
            Assert.InRange(sample.Largest, mean + (uncut * a) - slack, mean + (uncut * b) + slack);
        }
    }

    public static TheoryData<string, string> ModesAndDistributions =>
        new(
            from mode in (string[])["fan_in", "fan_out", "fan_avg", "fan_geo_avg"]
            from distribution in (string[])["normal", "uniform", "truncated_normal"]
            select (mode, distribution)
        );

    [Theory]
    [MemberData(nameof(ModesAndDistributions))]
    public void VarianceScaling(string mode, string distribution)
    {
        double fan = mode switch
        {
            "fan_in" => In,
            "fan_out" => Out,
            "fan_avg" => (In + Out) / 2,
            _ => Math.Sqrt(In * Out),
        };
        double std = Math.Sqrt(1.7 / fan);
        double end = distribution switch
        {
            "normal" => double.PositiveInfinity,
            "uniform" => std * Math.Sqrt(3),
            _ => 2 * std / 0.87962566103423975, // the cut is at two standard deviations of the wider normal
        };
        Statistics[] samples = Check(
            $"variance_scaling(scale=1.7,mode={mode},distribution={distribution})",
            0,
            std,
            null,
            distribution switch
            {
                "normal" => x => Statistics.Phi(x / std),
                "uniform" => x => (x / end / 2) + 0.5,
                _ => x => (Statistics.Phi(2 * x / end) - Statistics.Phi(-2)) / (1 - (2 * Statistics.Phi(-2))),
            }
        );
        Assert.All(samples, s => Assert.InRange(s.Largest, -end, end));
        Assert.All(samples, s => Assert.InRange(s.Least, -end, end));
    }

    [Theory]
    [InlineData("zeros", 0)]
    [InlineData("ones", 1)]
    [InlineData("constant(-1/3)", -1.0 / 3)]
    [InlineData("normal(mean=2,std=0)", 2)]
    [InlineData("uniform(a=2,b=2)", 2)]
    [InlineData("truncated_normal(mean=2,std=0)", 2)]
    [InlineData("truncated_normal(mean=2,std=0,b=inf)", 2)]
    [InlineData("variance_scaling(scale=0)", 0)]
    [InlineData("orthogonal(gain=0)", 0)]
    public void ConstantRules(string rule, double value)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = TensorDescription.Dense(5, 7);
        (float[] single, double[] wide) = (new float[35], new double[35]);
        initializer.Fill(single, tensor, 1, "k");
        initializer.Fill(wide, tensor, 1, "k");
        Assert.All(single, x => Assert.Equal((float)value, x));
        Assert.All(wide, x => Assert.Equal(value, x));
        Assert.Equal(0, initializer.StandardDeviation(tensor));
    }

    /// <summary>An infinity that nobody asked for would show up as NaN many layers later.</summary>
    [Theory]
    [InlineData("constant(1e39)")]
    [InlineData("constant(-1e39)")]
    [InlineData("normal(mean=1e39)")]
    [InlineData("normal(std=1e39)")]
    [InlineData("uniform(a=0,b=1e39)")]
    [InlineData("truncated_normal(std=1e39)")]
    [InlineData("he_normal(gain=1e60)")]
    [InlineData("orthogonal(gain=1e39)")]
    public void NumbersBeyondFloat32AreRefusedThere(string rule)
    {
        Initializer initializer = Initializer.Parse(rule);
        TensorDescription tensor = TensorDescription.Dense(5, 7);
        Assert.Throws<ArgumentOutOfRangeException>(() => initializer.Fill(new float[35], tensor, 1, "k"));
        double[] wide = new double[35];
        initializer.Fill(wide, tensor, 1, "k");
        Assert.All(wide, x => Assert.True(double.IsFinite(x)));
    }

    private static Statistics[] Check(string rule, double mean, double std, double? kurtosis, Func<double, double> cdf)
    {
        Initializer initializer = Initializer.Parse(rule);
        Assert.Equal(1, initializer.StandardDeviation(s_convolution)!.Value / std, 1e-9);
        float[] single = new float[s_convolution.Count];
        double[] wide = new double[s_convolution.Count];
        initializer.Fill(single, s_convolution, 20, "layer.weight");
        initializer.Fill(wide, s_convolution, 21, "layer.weight");
        Statistics[] samples = [new(single), new(wide)];
        foreach (Statistics sample in samples)
        {
            sample.AssertMoments(mean, std);
            sample.AssertDistribution(cdf);
            if (kurtosis is { } k)
            {
                Assert.Equal(k, sample.Kurtosis, 0.05);
            }
        }
        return samples;
    }
}
