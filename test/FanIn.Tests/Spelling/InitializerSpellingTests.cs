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
        "variance_scaling",
        "xavier_uniform",
        "xavier_normal",
        "he_uniform",
        "he_normal",
        "lecun_uniform",
        "lecun_normal",
        "standard_uniform",
        "orthogonal",
        "hyperfan_in",
        "hyperfan_out",
        "mimetic_query",
        "mimetic_key",
        "mimetic_value",
        "mimetic_output",
        "lsuv",
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
                    TensorDescription tensor = TensorDescription.Dense(4, 4);
                    (double[] a, double[] b) = (new double[16], new double[16]);
                    first.Fill(a, tensor, 7, "k#q");
                    second.Fill(b, tensor, 7, "k#q");
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
        Gen<string> above = positive.Where(n => NumberExpression.Parse(n) > 0);
        Gen<(string, string)> interval = Gen.Select(number, number)
            .Where((a, b) => NumberExpression.Parse(a) < NumberExpression.Parse(b));
        // A cut that holds something of the normal.
        Gen<(string, string)> cut = Gen.Select(
            Gen.OneOf(Gen.Double[-5, 1].Select(NumberExpression.Print), Gen.Const("-inf")),
            Gen.OneOf(Gen.Double[1.1, 5].Select(NumberExpression.Print), Gen.Const("inf"))
        );
        Gen<string> mode = Property.AnyOf("fan_in", "fan_out", "fan_avg", "fan_geo_avg");
        Gen<string> distribution = Property.AnyOf("normal", "uniform", "truncated_normal");
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
                (s, m, d) => Of(("scale", s), ("mode", m), ("distribution", d))
            ),
            "he_uniform" or "he_normal" => Gen.Select(mode, positive, (m, g) => Of(("mode", m), ("gain", g))),
            "xavier_uniform" or "xavier_normal" or "orthogonal" => positive.Select(g => Of(("gain", g))),
            "hyperfan_in" => Gen.Select(
                above,
                positive,
                Gen.Bool,
                above,
                distribution,
                (f, g, b, e, d) =>
                    Of(
                        ("fan", f),
                        ("gain", g),
                        ("biases", b ? "true" : "false"),
                        ("mean_square", e),
                        ("distribution", d)
                    )
            ),
            "hyperfan_out" => Gen.Select(
                above,
                positive,
                above,
                distribution,
                (f, g, e, d) => Of(("fan", f), ("gain", g), ("mean_square", e), ("distribution", d))
            ),
            "mimetic_query" or "mimetic_key" => Gen.Select(
                Property.AnyOf("1", "2", "4"),
                number,
                number,
                (h, a, b) => Of(("heads", h), ("alpha", a), ("beta", b))
            ),
            "mimetic_value" or "mimetic_output" => Gen.Select(number, number, (a, b) => Of(("alpha", a), ("beta", b))),
            "lsuv" => Gen.Select(
                positive,
                Gen.Int[1, 1_000_000],
                (t, n) => Of(("tolerance", t), ("max_tries", $"{n}"))
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
