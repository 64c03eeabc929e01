namespace FanIn.Tests;

/// <summary>
/// The scale of every rule that has one: against a formula written here, on 2^20 elements, in law, bounds and shape.
/// </summary>
public sealed class ScaleTests
{
    private const double In = 2048;
    private const double Out = 512;
    private const double Cut2 = 0.87962566103423975041;
    private const double Cut3 = 0.98657839255810862127;
    private static readonly TensorDescription s_tensor = TensorDescription.Dense((long)Out, (long)In);

    private static readonly Dictionary<string, double> s_std = new()
    {
        ["he_truncated_normal"] = Math.Sqrt(2 / In),
        ["he_truncated_normal(mode=fan_avg,gain=1)"] = Math.Sqrt(1 / 1280.0),
        ["he_normal(mode=fan_geo_avg)"] = Math.Sqrt(2 / 1024.0),
        ["xavier_truncated_normal(gain=5/3)"] = 5.0 / 3 * Math.Sqrt(2 / 2560.0),
        ["lecun_truncated_normal"] = Math.Sqrt(1 / In),
        ["variance_scaling(distribution=truncated_normal,cut=3)"] = Math.Sqrt(1 / In),
        ["variance_scaling(distribution=truncated_normal,cut=0.5)"] = Math.Sqrt(1 / In),
        ["variance_scaling(scale=2,distribution=truncated_normal_uncorrected)"] = Cut2 * Math.Sqrt(2 / In),
        ["variance_scaling(distribution=truncated_normal_uncorrected,cut=3)"] = Cut3 * Math.Sqrt(1 / In),
        ["truncated_normal_absolute(std=0.5,low=-1,high=1)"] = 0.5 * Cut2,
        ["truncated_normal_absolute"] = Cut2,
        ["truncated_normal_absolute(std=0.02)"] = 0.02,
        ["truncated_normal_absolute(mean=7,std=0.01,low=6.97,high=7.03)"] = 0.01 * Cut3,
        ["sigmoid_uniform"] = 4 * Math.Sqrt(2 / 2560.0),
        ["uniform_scaling(scale=1.43)"] = 1.43 / Math.Sqrt(In),
        ["mxnet_xavier_uniform"] = Math.Sqrt(2 / 2560.0),
        ["mxnet_xavier_uniform(magnitude=6,mode=fan_in)"] = Math.Sqrt(2 / In),
        ["mxnet_xavier_normal"] = Math.Sqrt(6 / 2560.0),
        ["mxnet_xavier_normal(magnitude=2,mode=fan_in)"] = Math.Sqrt(2 / In),
        ["msra_prelu"] = Math.Sqrt(2 / (1 + 0.0625) / 1280),
        ["msra_prelu(slope=0.1,mode=fan_in)"] = Math.Sqrt(2 / 1.01 / In),
        ["nguyen_widrow"] = 0.7 * Math.Pow(Out, 1 / In) / Math.Sqrt(In),
        ["siren"] = Math.Sqrt(2 / In) / 30,
        ["siren(omega=10)"] = Math.Sqrt(2 / In) / 10,
        ["siren(first=true)"] = 1 / In / Math.Sqrt(3),
        ["gpt2_residual(depth=12)"] = 0.02 / Math.Sqrt(24),
        ["megatron_scaled(depth=24,std=0.01,multiplier=1)"] = 0.01 / Math.Sqrt(24),
        ["megatron_scaled(depth=24)"] = 0.02 / Math.Sqrt(48),
        ["small_init(width=2048)"] = Math.Sqrt(0.4 / In),
        ["wang_init(depth=44,width=6144)"] = 2 / (44 * Math.Sqrt(6144)),
        ["mitchell"] = Cut3 / Math.Sqrt(In),
        ["mitchell_residual(layer=0)"] = Cut3 / Math.Sqrt(2 * In),
        ["mitchell_residual(layer=7)"] = Cut3 / Math.Sqrt(16 * In),
        ["fixup(depth=16)"] = Math.Sqrt(2 / Out) / 4,
        ["fixup(depth=16,layers=3)"] = Math.Sqrt(2 / Out) / 2,
        ["fixup(depth=81,layers=3,mode=fan_in)"] = Math.Sqrt(2 / In) / 3,
        ["t_fixup_encoder(depth=16)"] = 0.67 / 2 * Math.Sqrt(2 / 2560.0),
        ["t_fixup_decoder(depth=9)"] = Math.Sqrt(2 / 2560.0) / 3,
        ["t_fixup_embedding(depth=9,width=400)"] = 1.0 / 60,
        ["deepnorm(depth=2)"] = Math.Sqrt(2 / 2560.0) / 2,
        ["deepnorm_encoder(encoder_depth=16,decoder_depth=1)"] = 0.87 / 2 * Math.Sqrt(2 / 2560.0),
        ["deepnorm_decoder(depth=108)"] = Math.Sqrt(2 / 2560.0) / 6,
        ["sub_ln(depth=12)"] = Math.Sqrt(Math.Log(24) * 2 / 2560),
        ["sub_ln_encoder(encoder_depth=6,decoder_depth=12)"] = Math.Sqrt(Math.Log(36) * Math.Log(12) / 3 * 2 / 2560),
        ["sub_ln_decoder(depth=6)"] = Math.Sqrt(Math.Log(18) * 2 / 2560),
        ["mup_output(base_width=512,gain=2)"] = 2 * Math.Sqrt(512) / In,
        ["mup_output(base_width=2048)"] = 1 / Math.Sqrt(In),
    };

    public static TheoryData<string> Texts => [.. s_std.Keys];

    [Theory]
    [MemberData(nameof(Texts))]
    public void IsTheFormulas(string text)
    {
        Initializer initializer = Initializer.Parse(text);
        ElementDistribution law = initializer.Distribution(s_tensor)!;
        double std = s_std[text];
        Assert.Equal(1, law.StandardDeviation / std, 1e-12);
        Assert.Equal(law.StandardDeviation, initializer.StandardDeviation(s_tensor));

        float[] values = new float[s_tensor.Count];
        initializer.Fill(values, s_tensor, 11, text);

        var drawn = new Statistics(values);
        drawn.AssertMoments(law.Mean, std);
        drawn.AssertDistribution(law.Cdf);
        Assert.Equal(law.ExcessKurtosis, drawn.Kurtosis - 3, 0.05);
        double slack = 1e-15 * (Math.Abs(law.Mean) + std);
        Assert.InRange(drawn.Least, law.Low - slack, law.High + slack);
        Assert.InRange(drawn.Largest, law.Low - slack, law.High + slack);
    }

    /// <summary>The bound itself, where a paper gives the bound: no rounding of sqrt(3) times a std.</summary>
    [Theory]
    [InlineData("siren(first=true)", 1.0 / 48)]
    [InlineData("sigmoid_uniform", 0.18257418583505536)] // 4 sqrt(6 / 2880)
    [InlineData("mxnet_xavier_uniform(magnitude=9,mode=fan_in)", 1.0 / 16)]
    [InlineData("uniform_scaling(scale=3)", 0.10825317547305482)] // 3 sqrt(3 / 2304)
    public void UniformsEndAtTheirBound(string text, double bound)
    {
        TensorDescription tensor = text.StartsWith("siren", StringComparison.Ordinal)
            ? TensorDescription.Dense(7, 48)
            : TensorDescription.Convolution(128, 512, [3, 3], 2);
        ElementDistribution law = Initializer.Parse(text).Distribution(tensor)!;
        Assert.Equal((-bound, bound), (law.Low, law.High));
    }

    /// <summary>What is drawn is what the streams draw with the law's numbers, element by element.</summary>
    [Fact]
    public void DrawsTheStreamsOwnFills()
    {
        TensorDescription tensor = TensorDescription.Dense(16, 32);
        foreach (string text in s_std.Keys.Where(t => !t.StartsWith("nguyen", StringComparison.Ordinal)))
        {
            ElementDistribution law = Initializer.Parse(text).Distribution(tensor)!;
            string same = law switch
            {
                UniformLaw => $"uniform(a={NumberExpression.Print(law.Low)},b={NumberExpression.Print(law.High)})",
                NormalLaw => $"normal(std={NumberExpression.Print(law.StandardDeviation)})",
                _ => text,
            };
            (double[] expected, double[] found) = (new double[tensor.Count], new double[tensor.Count]);
            Initializer.Parse(same).Fill(expected, tensor, 5, "w");
            Initializer.Parse(text).Fill(found, tensor, 5, "w");
            Assert.Equal(expected, found);
        }
    }

    /// <summary>Published and computed tables: GPT-2's stds, DeepNorm's and Sub-LN's gains; Xavier's std of one connection is the gain.</summary>
    [Theory]
    [InlineData("gpt2_residual(depth=12)", 0.0040824829)]
    [InlineData("gpt2_residual(depth=24)", 0.0028867513)]
    [InlineData("gpt2_residual(depth=48)", 0.0020412415)]
    [InlineData("deepnorm(depth=12)", 0.319471552123)]
    [InlineData("deepnorm(depth=24)", 0.268642482956)]
    [InlineData("deepnorm_encoder(encoder_depth=6,decoder_depth=6)", 0.496989240771)]
    [InlineData("deepnorm_decoder(depth=6)", 0.343294523985)]
    [InlineData("deepnorm_encoder(encoder_depth=100,decoder_depth=100)", 0.206309512393)]
    [InlineData("deepnorm_decoder(depth=100)", 0.169904424485)]
    [InlineData("t_fixup_encoder(depth=1)", 0.67)]
    [InlineData("sub_ln(depth=1)", 0.8325546111576977)] // sqrt(ln 2)
    public void TablesAgree(string text, double expected) =>
        Assert.Equal(
            1,
            Initializer.Parse(text).StandardDeviation(TensorDescription.Dense(1, 1))!.Value / expected,
            3e-8 // half a unit of the last digit of 0.0020412415
        );

    /// <summary>T-Fixup's 0.67 is 5^(-1/4): with 9 in its place the encoder's rule is the decoder's.</summary>
    [Fact]
    public void TFixupsNumberIsARoundedRoot() => Assert.Equal(0.67, Math.Pow(5, -0.25), 0.005);

    /// <summary>An absolute cut is never stepped over, in any element type, whatever rounding does to its ends.</summary>
    [Fact]
    public void AnAbsoluteCutIsNeverSteppedOver()
    {
        Random32 random = new(3);
        TensorDescription tensor = TensorDescription.Plain(4096);
        for (int i = 0; i < 200; i++)
        {
            double mean = random.Next(-3, 3);
            double std = Math.Pow(10, random.Next(-3, 1));
            double low = mean - (std * random.Next(-1, 0.2));
            double high = low + (std * random.Next(0.05, 1));
            Initializer rule = Initializer.TruncatedNormalAbsolute(mean, std, low, high);
            double[] wide = new double[tensor.Count];
            float[] single = new float[tensor.Count];
            rule.Fill(wide, tensor, i, "w");
            rule.Fill(single, tensor, i, "w");
            Assert.All(wide, x => Assert.InRange(x, low, high));
            Assert.All(single, x => Assert.InRange(x, low, high));
            if (std > 0.3)
            {
                Half[] half = new Half[tensor.Count];
                BFloat16[] brain = new BFloat16[tensor.Count];
                rule.Fill(half, tensor, i, "w");
                rule.Fill(brain, tensor, i, "w");
                Assert.All(half, x => Assert.InRange((double)x, low, high));
                Assert.All(brain, x => Assert.InRange((double)(float)x, low, high));
            }
        }
    }

    [Theory]
    [InlineData("truncated_normal_absolute(mean=1,std=2,low=0,high=1.5)", -0.5, 0.25)]
    [InlineData("truncated_normal_absolute(mean=1,std=2,low=1,high=inf)", 0, double.PositiveInfinity)]
    [InlineData("truncated_normal_absolute(mean=1,std=2,low=-inf,high=-9)", double.NegativeInfinity, -5)]
    public void AnAbsoluteCutInUnitsOfStd(string text, double a, double b)
    {
        (double mean, double std) = a == double.NegativeInfinity ? Far() : Statistics.Cut(a, b);
        ElementDistribution law = Initializer.Parse(text).Distribution(s_tensor)!;
        Assert.Equal(1 + (2 * mean), law.Mean, 1e-6);
        Assert.Equal(2 * std, law.StandardDeviation, 1e-6);

        // Of z given z < -5, by the law of z given z > 5.
        (double, double) Far()
        {
            (double m, double s) = Statistics.Cut(-b, 12);
            return (-m, s);
        }
    }

    /// <summary>In bfloat16 and float16 the standard deviation is the formula's too: drawn in float32, rounded once.</summary>
    [Theory]
    [InlineData("truncated_normal_absolute(std=0.02,low=-0.04,high=0.04)", 0.02 * Cut2)]
    [InlineData("he_truncated_normal", 0.03125)]
    [InlineData("mitchell", Cut3 / 45.254833995939045)]
    public void HalfPrecisionKeepsTheScale(string text, double std)
    {
        BFloat16[] brain = new BFloat16[s_tensor.Count];
        Half[] half = new Half[s_tensor.Count];
        Initializer.Parse(text).Fill(brain, s_tensor, 11, text);
        Initializer.Parse(text).Fill(half, s_tensor, 11, text);
        ElementDistribution law = Initializer.Parse(text).Distribution(s_tensor)!;
        foreach (
            double[] values in (double[][])
                [Array.ConvertAll(brain, x => (double)(float)x), Array.ConvertAll(half, x => (double)x)]
        )
        {
            var drawn = new Statistics(values);
            drawn.AssertMoments(0, std);
            Assert.InRange(drawn.Least, law.Low, 0);
            Assert.InRange(drawn.Largest, 0, law.High);
        }
    }

    /// <summary>
    /// omega (W x) has variance 2 E x^2: 1 behind the first layer, whose sines are wide enough for E x^2 = 1/2; then, behind
    /// sines of normals of variance q, 1 - e^(-2q). Over 32 inputs and 512 units the estimates are good to about 1 %.
    /// </summary>
    [Fact]
    public void SirensPreActivationsHaveTheVarianceThatTheDocsSay()
    {
        const int Width = 512;
        const int Points = 32;
        double[] first = Weights(Initializer.Siren(first: true), Width, 2, "first");
        double[] second = Weights(Initializer.Siren(), Width, Width, "second");
        double[] third = Weights(Initializer.Siren(), Width, Width, "third");
        Random32 random = new(7);
        (double sumSecond, double sumThird) = (0, 0);
        for (int p = 0; p < Points; p++)
        {
            double[] hidden = Layer(first, [random.Next(-1, 1), random.Next(-1, 1)]);
            double[] before = Layer(second, Array.ConvertAll(hidden, Math.Sin));
            double[] last = Layer(third, Array.ConvertAll(before, Math.Sin));
            sumSecond += before.Sum(v => v * v) / Width / Points;
            sumThird += last.Sum(v => v * v) / Width / Points;
        }
        Assert.Equal(1, Math.Sqrt(sumSecond), 0.04);
        Assert.Equal(0.92987, Math.Sqrt(sumThird), 0.04);
        // Where it stays: std 0.893.
        double q = 1;
        for (int i = 0; i < 100; i++)
        {
            q = 1 - Math.Exp(-2 * q);
        }
        Assert.Equal(0.893, Math.Sqrt(q), 0.0005);

        static double[] Weights(Initializer rule, int outputs, int inputs, string key)
        {
            double[] values = new double[outputs * inputs];
            rule.Fill(values, TensorDescription.Dense(outputs, inputs), 1, key);
            return values;
        }

        static double[] Layer(double[] weights, double[] x)
        {
            double[] y = new double[weights.Length / x.Length];
            for (int i = 0; i < y.Length; i++)
            {
                for (int j = 0; j < x.Length; j++)
                {
                    y[i] += 30 * weights[(i * x.Length) + j] * x[j];
                }
            }
            return y;
        }
    }

    [Theory]
    [InlineData(WeightLayout.Torch)]
    [InlineData(WeightLayout.Keras)]
    public void NguyenAndWidrowsUnitsHaveOneLength(WeightLayout layout)
    {
        const int Outputs = 20;
        const int Inputs = 3;
        TensorDescription tensor = TensorDescription.Dense(Outputs, Inputs, layout);
        double[] wide = new double[tensor.Count];
        float[] single = new float[tensor.Count];
        Initializer.NguyenWidrow().Fill(wide, tensor, 1, "w");
        Initializer.NguyenWidrow().Fill(single, tensor, 1, "w");
        double beta = 0.7 * Math.Cbrt(Outputs);
        for (int unit = 0; unit < Outputs; unit++)
        {
            Assert.Equal(beta, Length(i => wide[i]), 1e-14);
            Assert.Equal(beta, Length(i => single[i]), 1e-6);

            double Length(Func<int, double> value)
            {
                double sum = 0;
                for (int i = 0; i < Inputs; i++)
                {
                    double w = value(layout == WeightLayout.Torch ? (unit * Inputs) + i : (i * Outputs) + unit);
                    sum += w * w;
                }
                return Math.Sqrt(sum);
            }
        }
    }

    /// <summary>muP: at the base width LeCun's rule, at four times the width a quarter of the std and not a half.</summary>
    [Fact]
    public void MupsOutputFallsWithTheWidth()
    {
        Initializer rule = Initializer.MupOutput(256);
        double atBase = rule.StandardDeviation(TensorDescription.Dense(10, 256))!.Value;
        Assert.Equal(1.0 / 16, atBase, 1e-15);
        Assert.Equal(atBase / 4, rule.StandardDeviation(TensorDescription.Dense(10, 1024))!.Value, 1e-15);
    }

    /// <summary>Good enough to choose test cases; the same everywhere.</summary>
    private sealed class Random32(uint seed)
    {
        private uint _state = seed;

        public double Next(double low, double high)
        {
            _state = (_state * 1664525) + 1013904223;
            return low + ((high - low) * (_state >> 8) / (1 << 24));
        }
    }
}
