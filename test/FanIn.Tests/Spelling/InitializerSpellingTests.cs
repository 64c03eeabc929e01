using CsCheck;

namespace FanIn.Tests;

public sealed class InitializerSpellingTests
{
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
    [InlineData("delta_orthogonal(2)", "delta_orthogonal(gain=2)")]
    [InlineData("conv_orthogonal(gain=1)", "conv_orthogonal")]
    [InlineData("identity(-1)", "identity(gain=-1)")]
    [InlineData("dirac(1/2)", "dirac(gain=0.5)")]
    [InlineData("sparse(0.9,0.01,input,ceil)", "sparse")]
    [InlineData("sparse(count=bernoulli,axis=output)", "sparse(axis=output,count=bernoulli)")]
    [InlineData("bilinear(all)", "bilinear(channels=all)")]
    [InlineData("icnr(2,he_normal)", "icnr")]
    [InlineData("icnr(2,he_normal(fan_in,sqrt(2)))", "icnr")]
    [InlineData("icnr(3,he_normal(mode=fan_out))", "icnr(scale=3,init=he_normal(mode=fan_out))")]
    [InlineData("icnr( init = icnr(init=normal( 0 , 1/2 )) )", "icnr(init=icnr(init=normal(std=0.5)))")]
    [InlineData("icnr(order=depth_to_space)", "icnr(order=depth_to_space)")]
    [InlineData("zero_init(sqrt(2))", "zero_init(expansion_gain=sqrt(2))")]
    [InlineData("idinit(1)", "idinit")]
    [InlineData("idinit_zero(0.000001)", "idinit_zero")]
    [InlineData("sinusoidal(halves,10000)", "sinusoidal(layout=halves)")]
    [InlineData("sinusoidal(base=500)", "sinusoidal(base=500)")]
    [InlineData("hyperfan_in(50)", "hyperfan_in(fan=50)")]
    [InlineData("hyperfan_in(fan=9,biases=true,gain=sqrt(2))", "hyperfan_in(fan=9,gain=sqrt(2),biases=true)")]
    [InlineData("hyperfan_out(fan=1,mean_square=1/2)", "hyperfan_out(fan=1,mean_square=0.5)")]
    [InlineData("mimetic_query(1)", "mimetic_query(heads=1)")]
    [InlineData("mimetic_key(beta=0.5,heads=12)", "mimetic_key(heads=12,beta=0.5)")]
    [InlineData("mimetic_value(0.4)", "mimetic_value")]
    [InlineData("mimetic_output(beta=0)", "mimetic_output(beta=0)")]
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
            (Initializer.DeltaOrthogonal(0.5), "delta_orthogonal(0.5)"),
            (Initializer.ConvOrthogonal(0.5), "conv_orthogonal(0.5)"),
            (Initializer.Identity(0.5), "identity(0.5)"),
            (Initializer.Dirac(0.5), "dirac(0.5)"),
            (Initializer.Sparse(0.5, 2, SparseAxis.Output, SparseCount.Round), "sparse(0.5,2,output,round)"),
            (Initializer.Sparse(), "sparse"),
            (Initializer.Bilinear(BilinearChannels.All), "bilinear(all)"),
            (Initializer.Bilinear(), "bilinear"),
            (
                Initializer.Icnr(3, Initializer.XavierUniform(2), IcnrOrder.DepthToSpace),
                "icnr(3,xavier_uniform(gain=2),depth_to_space)"
            ),
            (Initializer.Icnr(), "icnr"),
            (Initializer.ZeroInit(2), "zero_init(2)"),
            (Initializer.IdInit(2), "idinit(2)"),
            (Initializer.IdInitZero(2), "idinit_zero(2)"),
            (Initializer.Sinusoidal(SinusoidalLayout.Halves, 500), "sinusoidal(halves,500)"),
            (Initializer.Sinusoidal(), "sinusoidal"),
            (Initializer.HyperfanIn(9, 2, true, 0.5, ScaledDistribution.Uniform), "hyperfan_in(9,2,true,0.5,uniform)"),
            (Initializer.HyperfanIn(9), "hyperfan_in(fan=9)"),
            (
                Initializer.HyperfanOut(9, 2, 0.5, ScaledDistribution.TruncatedNormal),
                "hyperfan_out(9,2,0.5,truncated_normal)"
            ),
            (Initializer.MimeticQuery(12, 0.5, 0.6), "mimetic_query(12,0.5,0.6)"),
            (Initializer.MimeticKey(12), "mimetic_key(heads=12)"),
            (Initializer.MimeticValue(0.5, 0.6), "mimetic_value(0.5,0.6)"),
            (Initializer.MimeticOutput(), "mimetic_output"),
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
    public void RoundTrip(string name)
    {
        int parsed = 0;
        Texts(name)
            .Sample(
                text =>
                {
                    // Values that make no sense together are another test's.
                    if (!Initializer.TryParse(text, out Initializer? first))
                    {
                        return;
                    }
                    parsed++;
                    string canonical = first.ToString();
                    Initializer second = Initializer.Parse(canonical);
                    Assert.Equal(name, first.Name);
                    Assert.Equal(first, second);
                    Assert.Equal(canonical, second.ToString());
                    if (first.IsDataDriven)
                    {
                        return;
                    }
                    if (Rules.TensorFor(text) is not { } tensor)
                    {
                        return;
                    }
                    (double[] a, double[] b) = (new double[tensor.Count], new double[tensor.Count]);
                    first.Fill(a, tensor, 7, "k#q");
                    second.Fill(b, tensor, 7, "k#q");
                    Assert.Equal(a, b);
                    Assert.Equal(first.StandardDeviation(tensor), second.StandardDeviation(tensor));
                },
                iter: 200,
                seed: Property.Seed,
                threads: 1
            );
        Assert.InRange(parsed, 10, int.MaxValue);
    }

    public static TheoryData<string> Names => [.. Initializer.Names];

    [Fact]
    public void EveryRuleThatTakesNoDataFillsSomeTensor() =>
        Assert.All(
            Rules.All.Where(rule => !Initializer.Parse(rule).IsDataDriven),
            rule => Assert.NotNull(Rules.TensorFor(rule))
        );

    /// <summary>Texts of a form by its parameters' own ranges, of which those count that make sense together.</summary>
    private static Gen<string> Texts(string name)
    {
        FormParameter[] parameters = [.. InitializerCatalogue.ByName[name].Parameters];
        Gen<string>[] single = [.. parameters.Where(p => !p.IsList).Select(Values)];
        Gen<string[]> all = single.Aggregate(
            Gen.Const(Array.Empty<string>()),
            (before, next) => Gen.Select(before, next, (values, value) => (string[])[.. values, value])
        );
        if (parameters is [.., { IsList: true } list])
        {
            all = Gen.Select(all, Values(list).Array[1, 24], (values, listed) => (string[])[.. values, .. listed]);
        }
        return Gen.Select(
            all,
            Gen.Int[0, 5],
            Gen.Bool,
            (values, inOrder, spaced) =>
            {
                // The first few in order, the others by name, from the last to the first; a list has no names.
                int named = parameters is [.., { IsList: true }] ? values.Length : Math.Min(inOrder, values.Length);
                IEnumerable<string> texts = values[..named]
                    .Concat(
                        parameters
                            .Zip(values)
                            .Skip(named)
                            .Reverse()
                            .Select(a => spaced ? $"{a.First.Name} = {a.Second}" : $"{a.First.Name}={a.Second}")
                    );
                return $"{name}({string.Join(spaced ? " , " : ",", texts)})";
            }
        );
    }

    private static Gen<string> Values(FormParameter parameter)
    {
        if (parameter.DefaultValue.Nested is not null)
        {
            return Property.AnyOf("normal", "he_uniform(gain=2)", "zeros", "dirac");
        }
        if (!parameter.Words.IsEmpty)
        {
            return Property.AnyOf([.. parameter.Words]);
        }
        (double low, double high) = (Math.Max(parameter.Minimum, -100), Math.Min(parameter.Maximum, 100));
        if (parameter.Whole)
        {
            return Gen.Int[(int)low, (int)Math.Min(parameter.Maximum, 1e6)].Select(n => $"{n}");
        }
        List<Gen<string>> kinds =
        [
            Gen.Double[low, high].Select(NumberExpression.Print),
            // p / q within the range, whatever it is.
            Gen.Select(Gen.Int[1, 99], Gen.Int[1, 99])
                .Select(
                    (p, q) => $"{NumberExpression.Print(low)}+{NumberExpression.Print((high - low) / 100)}*{p}/{q + 99}"
                ),
        ];
        if (low <= 0 && high >= 1)
        {
            kinds.Add(Gen.Double[0, 1e-9].Select(NumberExpression.Print));
            kinds.Add(Gen.Int[0, 99].Select(n => $"sqrt({n})/100"));
        }
        if (parameter.AllowInfinity)
        {
            kinds.Add(Gen.Const("inf"));
        }
        if (!parameter.Required)
        {
            kinds.Add(Gen.Const(NumberExpression.Print(parameter.Default)));
        }
        return Gen.OneOf([.. kinds]);
    }
}
