using CsCheck;

namespace FanIn.Tests;

public sealed class InitializerSpellingTests
{
    private static readonly string[] s_names =
    [
        "zeros",
        "ones",
        "constant",
        "uniform",
        "normal",
        "truncated_normal",
        "truncated_normal_absolute",
        "variance_scaling",
        "xavier_uniform",
        "xavier_normal",
        "xavier_truncated_normal",
        "he_uniform",
        "he_normal",
        "he_truncated_normal",
        "lecun_uniform",
        "lecun_normal",
        "lecun_truncated_normal",
        "standard_uniform",
        "sigmoid_uniform",
        "uniform_scaling",
        "mxnet_xavier_uniform",
        "mxnet_xavier_normal",
        "msra_prelu",
        "nguyen_widrow",
        "siren",
        "orthogonal",
        "gpt2_residual",
        "megatron_scaled",
        "small_init",
        "wang_init",
        "mitchell",
        "mitchell_residual",
        "fixup",
        "t_fixup_encoder",
        "t_fixup_decoder",
        "t_fixup_embedding",
        "deepnorm",
        "deepnorm_encoder",
        "deepnorm_decoder",
        "sub_ln",
        "sub_ln_encoder",
        "sub_ln_decoder",
        "mup_output",
        "class_prior",
        "log_odds",
        "focal",
        "forget_gate",
        "chrono",
        "lsuv",
        "krahenbuhl",
        "weight_norm",
        "metainit",
        "gradinit",
    ];

    [Fact]
    public void NamesAreTheCataloguesInItsOrder() => Assert.Equal(s_names, Initializer.Names);

    [Theory]
    [InlineData("zeros", "zeros")]
    [InlineData("zeros()", "zeros")]
    [InlineData(" ones ( ) ", "ones")]
    [InlineData("constant(0.1)", "constant(0.1)")]
    [InlineData("constant(value=1/3)", "constant(1/3)")]
    [InlineData("constant(-0)", "constant(0)")]
    [InlineData("uniform", "uniform(a=0,b=1)")]
    [InlineData("uniform(-1)", "uniform(a=-1,b=1)")]
    [InlineData("uniform(b=2, a=-2)", "uniform(a=-2,b=2)")]
    [InlineData("uniform(3,3)", "uniform(a=3,b=3)")]
    [InlineData("normal", "normal(std=1)")]
    [InlineData("normal(0,0.01)", "normal(std=0.01)")]
    [InlineData("normal(-0,1e-2)", "normal(std=0.01)")]
    [InlineData("normal(std=1/100,mean=2)", "normal(mean=2,std=0.01)")]
    [InlineData("truncated_normal(0,1,-2,2,false)", "truncated_normal(std=1)")]
    [InlineData("truncated_normal(corrected=true)", "truncated_normal(std=1,corrected=true)")]
    [InlineData("truncated_normal(a=-inf,b=1)", "truncated_normal(std=1,a=-inf,b=1)")]
    [InlineData("truncated_normal(a=0,b=inf)", "truncated_normal(std=1,a=0,b=inf)")]
    [InlineData("variance_scaling(1,fan_in,normal)", "variance_scaling")]
    [InlineData(
        "variance_scaling(2,fan_avg,truncated_normal)",
        "variance_scaling(scale=2,mode=fan_avg,distribution=truncated_normal)"
    )]
    [InlineData("variance_scaling(mode=fan_geo_avg)", "variance_scaling(mode=fan_geo_avg)")]
    [InlineData("xavier_uniform(1)", "xavier_uniform")]
    [InlineData("xavier_normal(gain=5/3)", "xavier_normal(gain=5/3)")]
    [InlineData("he_uniform(fan_in,sqrt(2))", "he_uniform")]
    [InlineData("he_normal(gain=1.4142135623730951,mode=fan_out)", "he_normal(mode=fan_out)")]
    [InlineData("he_normal(gain=sqrt(2/(1+0.04)))", "he_normal(gain=1.3867504905630728)")]
    [InlineData("orthogonal(sqrt(2))", "orthogonal(gain=sqrt(2))")]
    [InlineData("truncated_normal_absolute(0,1,-2,2)", "truncated_normal_absolute(std=1)")]
    [InlineData("truncated_normal_absolute(std=0.02,high=inf)", "truncated_normal_absolute(std=0.02,high=inf)")]
    [InlineData(
        "variance_scaling(1,fan_in,truncated_normal_uncorrected,3)",
        "variance_scaling(distribution=truncated_normal_uncorrected,cut=3)"
    )]
    [InlineData("variance_scaling(cut=2)", "variance_scaling")]
    [InlineData("msra_prelu(0.25,fan_avg)", "msra_prelu")]
    [InlineData("siren(30,true)", "siren(first=true)")]
    [InlineData("gpt2_residual(12)", "gpt2_residual(depth=12)")]
    [InlineData("gpt2_residual(std=0.01,depth=1)", "gpt2_residual(depth=1,std=0.01)")]
    [InlineData("megatron_scaled(24,0.01,1)", "megatron_scaled(depth=24,std=0.01,multiplier=1)")]
    [InlineData("wang_init(44,6144)", "wang_init(depth=44,width=6144)")]
    [InlineData("mitchell_residual(0)", "mitchell_residual(layer=0)")]
    [InlineData("fixup(16,3,fan_out)", "fixup(depth=16,layers=3)")]
    [InlineData("deepnorm_encoder(6,12)", "deepnorm_encoder(encoder_depth=6,decoder_depth=12)")]
    [InlineData("class_prior( 9/10 , 1e-1 )", "class_prior(0.9,0.1)")]
    [InlineData("log_odds(0.5)", "log_odds(0.5)")]
    [InlineData("focal(0.01)", "focal")]
    [InlineData("forget_gate(1,ifgo)", "forget_gate")]
    [InlineData("chrono(784)", "chrono(max_time=784)")]
    [InlineData("chrono(gates=rzn,max_time=28*28)", "chrono(max_time=784,gates=rzn)")]
    [InlineData("lsuv(0.05,10)", "lsuv")]
    [InlineData("lsuv(max_tries=3)", "lsuv(max_tries=3)")]
    public void CanonicalText(string written, string canonical)
    {
        Initializer initializer = Initializer.Parse(written);
        Assert.Equal(canonical, initializer.ToString());
        Assert.Equal(initializer, Initializer.Parse(canonical));
        Assert.True(Initializer.TryParse(written, out Initializer? tried));
        Assert.Equal(initializer, tried);
        Assert.Equal(initializer.GetHashCode(), tried.GetHashCode());
    }

    [Fact]
    public void FactoriesGiveWhatTheirSpellingsGive()
    {
        (Initializer, string)[] pairs =
        [
            (Initializer.Zeros, "zeros"),
            (Initializer.Ones, "ones"),
            (Initializer.Constant(0.1), "constant(0.1)"),
            (Initializer.Uniform(-1, 2), "uniform(-1,2)"),
            (Initializer.Normal(1, 2), "normal(1,2)"),
            (Initializer.Normal(), "normal"),
            (Initializer.TruncatedNormal(1, 2, -1, 3, true), "truncated_normal(1,2,-1,3,true)"),
            (Initializer.TruncatedNormal(), "truncated_normal"),
            (
                Initializer.VarianceScaling(3, FanMode.GeometricMean, ScaledDistribution.TruncatedNormal),
                "variance_scaling(3,fan_geo_avg,truncated_normal)"
            ),
            (Initializer.VarianceScaling(), "variance_scaling"),
            (Initializer.XavierUniform(2), "xavier_uniform(2)"),
            (Initializer.XavierNormal(), "xavier_normal"),
            (Initializer.HeUniform(FanMode.Average, 1), "he_uniform(fan_avg,1)"),
            (Initializer.HeNormal(FanMode.Out), "he_normal(fan_out)"),
            (Initializer.HeNormal(), "he_normal"),
            (Initializer.LeCunUniform(), "lecun_uniform"),
            (Initializer.LeCunNormal(), "lecun_normal"),
            (Initializer.StandardUniform(), "standard_uniform"),
            (Initializer.Orthogonal(0.5), "orthogonal(0.5)"),
            (Initializer.TruncatedNormalAbsolute(1, 2, -3, 4), "truncated_normal_absolute(1,2,-3,4)"),
            (Initializer.TruncatedNormalAbsolute(), "truncated_normal_absolute"),
            (
                Initializer.VarianceScaling(1, FanMode.In, ScaledDistribution.TruncatedNormalUncorrected, 3),
                "variance_scaling(1,fan_in,truncated_normal_uncorrected,3)"
            ),
            (Initializer.XavierTruncatedNormal(2), "xavier_truncated_normal(2)"),
            (Initializer.HeTruncatedNormal(FanMode.Out, 1), "he_truncated_normal(fan_out,1)"),
            (Initializer.LeCunTruncatedNormal(), "lecun_truncated_normal"),
            (Initializer.SigmoidUniform(), "sigmoid_uniform"),
            (Initializer.UniformScaling(1.43), "uniform_scaling(1.43)"),
            (Initializer.MxNetXavierUniform(2, FanMode.In), "mxnet_xavier_uniform(2,fan_in)"),
            (Initializer.MxNetXavierNormal(), "mxnet_xavier_normal"),
            (Initializer.MsraPrelu(0.5, FanMode.Out), "msra_prelu(0.5,fan_out)"),
            (Initializer.NguyenWidrow(0.5), "nguyen_widrow(0.5)"),
            (Initializer.Siren(10, true), "siren(10,true)"),
            (Initializer.Gpt2Residual(12, 0.01), "gpt2_residual(12,0.01)"),
            (Initializer.MegatronScaled(12, 0.01, 1), "megatron_scaled(12,0.01,1)"),
            (Initializer.SmallInit(768), "small_init(768)"),
            (Initializer.WangInit(12, 768), "wang_init(12,768)"),
            (Initializer.Mitchell(), "mitchell"),
            (Initializer.MitchellResidual(3), "mitchell_residual(3)"),
            (Initializer.Fixup(16, 3, FanMode.In), "fixup(16,3,fan_in)"),
            (Initializer.TFixupEncoder(6), "t_fixup_encoder(6)"),
            (Initializer.TFixupDecoder(6), "t_fixup_decoder(6)"),
            (Initializer.TFixupEmbedding(6, 512), "t_fixup_embedding(6,512)"),
            (Initializer.DeepNorm(24), "deepnorm(24)"),
            (Initializer.DeepNormEncoder(6, 12), "deepnorm_encoder(6,12)"),
            (Initializer.DeepNormDecoder(6), "deepnorm_decoder(6)"),
            (Initializer.SubLn(24), "sub_ln(24)"),
            (Initializer.SubLnEncoder(6, 12), "sub_ln_encoder(6,12)"),
            (Initializer.SubLnDecoder(6), "sub_ln_decoder(6)"),
            (Initializer.MupOutput(256, 2), "mup_output(256,2)"),
            (Initializer.ClassPrior(0.9, 0.1), "class_prior(0.9,0.1)"),
            (Initializer.LogOdds(0.9, 0.1), "log_odds(0.9,0.1)"),
            (Initializer.Focal(0.1), "focal(0.1)"),
            (Initializer.ForgetGate(2, GateOrder.Zrn), "forget_gate(2,zrn)"),
            (Initializer.Chrono(784, GateOrder.Igfo), "chrono(784,igfo)"),
            (Initializer.Lsuv(0.1, 5), "lsuv(0.1,5)"),
            (Initializer.Lsuv(per: VarianceScope.Channel, center: true), "lsuv(0.05,10,channel,true)"),
            (Initializer.Krahenbuhl(0.1, 5, equalize: false), "krahenbuhl(0.1,5,false)"),
            (Initializer.WeightNorm(0.01), "weight_norm(0.01)"),
            (Initializer.MetaInit(20, 0.2, 0.5, 1e-6, SearchStart.Orthogonal), "metainit(20,0.2,0.5,1e-6,orthogonal)"),
            (
                Initializer.GradInit(FirstStep.Adam, 0.001, 10, 20, 0.1, SearchStart.LecunNormal),
                "gradinit(adam,0.001,10,20,0.1,lecun_normal)"
            ),
        ];
        foreach ((Initializer made, string text) in pairs)
        {
            Assert.Equal(Initializer.Parse(text), made);
            Assert.Equal(Initializer.Parse(text).Name, made.Name);
        }
        Assert.Equal(pairs.Length, pairs.Select(p => p.Item1).Distinct().Count());
    }

    /// <summary>For every form: any valid arguments, named or in order, print to a stable text that reads to an equal.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void RoundTrip(string name) =>
        Texts(name)
            .Sample(
                text =>
                {
                    Initializer first = Initializer.Parse(text);
                    string canonical = first.ToString();
                    Initializer second = Initializer.Parse(canonical);
                    Assert.Equal(name, first.Name);
                    Assert.Equal(first, second);
                    Assert.Equal(canonical, second.ToString());
                    if (first.IsDataDriven)
                    {
                        return;
                    }
                    // 24 biases are those of 1, 3 or 4 gates, or of the lists below.
                    TensorDescription tensor = name is "class_prior" or "log_odds" or "forget_gate" or "chrono"
                        ? TensorDescription.Plain(24)
                        : TensorDescription.Dense(4, 6);
                    (double[] a, double[] b) = (new double[24], new double[24]);
                    first.Fill(a, tensor, 7, "k");
                    second.Fill(b, tensor, 7, "k");
                    Assert.Equal(a, b);
                    Assert.Equal(first.StandardDeviation(tensor), second.StandardDeviation(tensor));
                },
                iter: 200,
                seed: Property.Seed
            );

    public static TheoryData<string> Names => [.. s_names];

    private static Gen<string> Texts(string name)
    {
        Gen<string> number = Gen.OneOf(
            Gen.Double[-100, 100].Select(NumberExpression.Print),
            Gen.Double[-1e-9, 1e-9].Select(NumberExpression.Print),
            Gen.Int[-50, 50].Select(n => $"{n}"),
            Gen.Select(Gen.Int[-99, 99], Gen.Int[1, 99], (p, q) => $"{p}/{q}"),
            Gen.Int[0, 99].Select(n => $"sqrt({n})")
        );
        Gen<string> positive = number.Select(n => NumberExpression.Print(Math.Abs(NumberExpression.Parse(n))));
        Gen<(string, string)> interval = Gen.Select(number, number)
            .Where((a, b) => NumberExpression.Parse(a) < NumberExpression.Parse(b));
        // A cut that holds something of the normal.
        Gen<(string, string)> cut = Gen.Select(
            Gen.OneOf(Gen.Double[-5, 1].Select(NumberExpression.Print), Gen.Const("-inf")),
            Gen.OneOf(Gen.Double[1.1, 5].Select(NumberExpression.Print), Gen.Const("inf"))
        );
        Gen<string> mode = Property.AnyOf("fan_in", "fan_out", "fan_avg", "fan_geo_avg");
        Gen<(string Distribution, string Cut)> distribution = Gen.OneOf(
            Property.AnyOf("normal", "uniform").Select(d => (d, "2")),
            Gen.Select(
                Property.AnyOf("truncated_normal", "truncated_normal_uncorrected"),
                Gen.Double[0.01, 100].Select(NumberExpression.Print),
                (d, c) => (d, c)
            )
        );
        Gen<string> count = Gen.Int[1, 1_000_000].Select(n => $"{n}");
        Gen<string> flag = Property.AnyOf("false", "true");
        Gen<string> aboveZero = Gen.Double[1e-9, 10].Select(NumberExpression.Print);
        Gen<string> start = Property.AnyOf("he_normal", "xavier_uniform", "lecun_normal", "orthogonal", "normal");
        Gen<string> probability = Gen.Double[1e-9, 0.999].Select(NumberExpression.Print);
        Gen<string> gates = Property.AnyOf([.. Spelling.Words<GateOrder>()]);
        if (name is "class_prior" or "log_odds")
        {
            return probability.Array[24].Select(list => $"{name}({string.Join(" , ", list)})");
        }
        Gen<(string Key, string Value)[]> arguments = name switch
        {
            "constant" => number.Select(v => Of(("value", v))),
            "uniform" => interval.Select(i => Of(("a", i.Item1), ("b", i.Item2))),
            "normal" => Gen.Select(number, positive, (m, s) => Of(("mean", m), ("std", s))),
            "truncated_normal" => Gen.Select(
                number,
                positive,
                cut,
                Gen.Bool,
                (m, s, c, corrected) =>
                    Of(
                        ("mean", m),
                        ("std", s),
                        ("a", c.Item1),
                        ("b", c.Item2),
                        ("corrected", corrected ? "true" : "false")
                    )
            ),
            "variance_scaling" => Gen.Select(
                positive,
                mode,
                distribution,
                (s, m, d) => Of(("scale", s), ("mode", m), ("distribution", d.Distribution), ("cut", d.Cut))
            ),
            "truncated_normal_absolute" => Gen.Select(
                Gen.Double[-5, 5],
                Gen.Double[0.5, 100].Select(NumberExpression.Print),
                Gen.Double[0.1, 9],
                Gen.Double[0.1, 9],
                (m, s, below, above) =>
                    Of(
                        ("mean", NumberExpression.Print(m)),
                        ("std", s),
                        ("low", NumberExpression.Print(m - below)),
                        ("high", NumberExpression.Print(m + above))
                    )
            ),
            "uniform_scaling" or "nguyen_widrow" => positive.Select(s => Of(("scale", s))),
            "mxnet_xavier_uniform" or "mxnet_xavier_normal" => Gen.Select(
                positive,
                mode,
                (s, m) => Of(("magnitude", s), ("mode", m))
            ),
            "msra_prelu" => Gen.Select(number, mode, (s, m) => Of(("slope", s), ("mode", m))),
            "siren" => Gen.Select(
                Gen.Double[1, 100].Select(NumberExpression.Print),
                Gen.Bool,
                (w, first) => Of(("omega", w), ("first", first ? "true" : "false"))
            ),
            "gpt2_residual" => Gen.Select(count, positive, (d, s) => Of(("depth", d), ("std", s))),
            "megatron_scaled" => Gen.Select(
                count,
                positive,
                Gen.Int[1, 9].Select(n => $"{n}/4"),
                (d, s, m) => Of(("depth", d), ("std", s), ("multiplier", m))
            ),
            "small_init" => count.Select(w => Of(("width", w))),
            "wang_init" or "t_fixup_embedding" => Gen.Select(count, count, (d, w) => Of(("depth", d), ("width", w))),
            "mitchell_residual" => Gen.Int[0, 1_000_000].Select(l => Of(("layer", $"{l}"))),
            "fixup" => Gen.Select(
                count,
                Gen.Int[2, 1000].Select(n => $"{n}"),
                mode,
                (d, l, m) => Of(("depth", d), ("layers", l), ("mode", m))
            ),
            "t_fixup_encoder"
            or "t_fixup_decoder"
            or "deepnorm"
            or "deepnorm_decoder"
            or "sub_ln"
            or "sub_ln_decoder" => count.Select(d => Of(("depth", d))),
            "deepnorm_encoder" or "sub_ln_encoder" => Gen.Select(
                count,
                count,
                (n, m) => Of(("encoder_depth", n), ("decoder_depth", m))
            ),
            "mup_output" => Gen.Select(count, positive, (w, g) => Of(("base_width", w), ("gain", g))),
            "focal" => probability.Select(p => Of(("prior", p))),
            "forget_gate" => Gen.Select(number, gates, (v, g) => Of(("value", v), ("gates", g))),
            "chrono" => Gen.Select(
                Gen.Int[2, 1_000_000_000].Select(n => $"{n}"),
                gates,
                (t, g) => Of(("max_time", t), ("gates", g))
            ),
            "he_uniform" or "he_normal" or "he_truncated_normal" => Gen.Select(
                mode,
                positive,
                (m, g) => Of(("mode", m), ("gain", g))
            ),
            "xavier_uniform" or "xavier_normal" or "xavier_truncated_normal" or "orthogonal" => positive.Select(g =>
                Of(("gain", g))
            ),
            "lsuv" => Gen.Select(
                positive,
                count,
                Property.AnyOf("tensor", "channel"),
                flag,
                (t, n, p, c) => Of(("tolerance", t), ("max_tries", n), ("per", p), ("center", c))
            ),
            "krahenbuhl" => Gen.Select(
                positive,
                count,
                flag,
                (t, n, e) => Of(("tolerance", t), ("max_tries", n), ("equalize", e))
            ),
            "weight_norm" => positive.Select(t => Of(("tolerance", t))),
            "metainit" => Gen.Select(
                count,
                aboveZero,
                positive,
                start,
                (n, r, m, s) => Of(("steps", n), ("learning_rate", r), ("momentum", m), ("epsilon", r), ("start", s))
            ),
            "gradinit" => Gen.Select(
                Property.AnyOf("sgd", "adam"),
                aboveZero,
                count,
                start,
                (o, r, n, s) =>
                    Of(
                        ("optimizer", o),
                        ("step_size", r),
                        ("gamma", r),
                        ("steps", n),
                        ("learning_rate", r),
                        ("start", s)
                    )
            ),
            _ => Gen.Const(Of()),
        };
        return Gen.Select(
            arguments,
            Gen.Int[0, 5],
            Gen.Bool,
            (given, inOrder, spaced) =>
            {
                // The first few in order, the others by name, from the last to the first.
                IEnumerable<string> texts = given
                    .Take(inOrder)
                    .Select(a => a.Value)
                    .Concat(
                        given
                            .Skip(inOrder)
                            .Reverse()
                            .Select(a => spaced ? $"{a.Key} = {a.Value}" : $"{a.Key}={a.Value}")
                    );
                return $"{name}({string.Join(spaced ? " , " : ",", texts)})";
            }
        );

        static (string Key, string Value)[] Of(params (string, string)[] arguments) => arguments;
    }
}
