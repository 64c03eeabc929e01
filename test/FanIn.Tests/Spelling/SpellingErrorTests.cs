using CsCheck;

namespace FanIn.Tests;

/// <summary>What a person reads who mistyped: the whole sentence.</summary>
public sealed class SpellingErrorTests
{
    private static readonly string s_known = $"known are: {string.Join(", ", Initializer.Names)}";

    [Theory]
    [InlineData("kaiming_normal_", "unknown initializer 'kaiming_normal_'; here it is called 'he_normal'")]
    [InlineData("glorot_uniform", "unknown initializer 'glorot_uniform'; here it is called 'xavier_uniform'")]
    [InlineData("trunc_normal_", "unknown initializer 'trunc_normal_'; here it is called 'truncated_normal_absolute'")]
    [InlineData("he_norml", "unknown initializer 'he_norml'; did you mean 'he_normal'?")]
    [InlineData("He-Normal", "unknown initializer 'He-Normal'; did you mean 'he_normal'?")]
    [InlineData("zreos", "unknown initializer 'zreos'; did you mean 'zeros'?")]
    [InlineData("he_normal)", "unknown initializer 'he_normal)'; did you mean 'he_normal'?")]
    [InlineData("truncatednormal(std=1)", "unknown initializer 'truncatednormal'; did you mean 'truncated_normal'?")]
    [InlineData("mystery", "unknown initializer 'mystery'; ...")]
    [InlineData("", "unknown initializer ''; ...")]
    [InlineData("(1)", "unknown initializer ''; ...")]
    [InlineData("zeros(1)", "the initializer 'zeros' takes no arguments, but got '1'")]
    [InlineData("zeros(value=1)", "the initializer 'zeros' takes no arguments, but got 'value'")]
    [InlineData("constant", "the initializer 'constant' needs its argument: constant(value)")]
    [InlineData("hyperfan_in(gain=2)", "the initializer 'hyperfan_in' needs its argument: hyperfan_in(fan=...)")]
    [InlineData(
        "hyperfan_out(fan=0)",
        "the argument fan=0 of initializer 'hyperfan_out' must be a finite number above 0"
    )]
    [InlineData("mimetic_key", "the initializer 'mimetic_key' needs its argument: mimetic_key(heads=...)")]
    [InlineData(
        "mimetic_query(heads=1.5)",
        "the argument heads=1.5 of initializer 'mimetic_query' must be a whole number from 1 to 1000000"
    )]
    [InlineData("orthogonal(1,2)", "the initializer 'orthogonal' takes 1 argument(s), but got more: '2'")]
    [InlineData("orthogonal(gian=2)", "unknown argument of initializer 'orthogonal': 'gian'; did you mean 'gain'?")]
    [InlineData("wang_init", "the initializer 'wang_init' needs its argument: wang_init(depth=...)")]
    [InlineData("wang_init(depth=4)", "the initializer 'wang_init' needs its argument: wang_init(width=...)")]
    [InlineData(
        "small_init(width=width)",
        "width of initializer 'small_init': 'width' has the variable 'width', which a recipe's rules have; write a number here"
    )]
    [InlineData(
        "gpt2_residual(depth=0)",
        "the argument depth=0 of initializer 'gpt2_residual' must be a whole number from 1 to 1000000"
    )]
    [InlineData(
        "mitchell_residual(layer=-1)",
        "the argument layer=-1 of initializer 'mitchell_residual' must be a whole number from 0 to 1000000"
    )]
    [InlineData(
        "fixup(depth=4,layers=1)",
        "the argument layers=1 of initializer 'fixup' must be a whole number from 2 to 1000"
    )]
    [InlineData("siren(omega=0)", "the argument omega=0 of initializer 'siren' must be a finite number above 0")]
    [InlineData("chrono", "the initializer 'chrono' needs its argument: chrono(max_time=...)")]
    [InlineData(
        "chrono(max_time=1)",
        "the argument max_time=1 of initializer 'chrono' must be a whole number from 2 to 1000000000"
    )]
    [InlineData("chrono(784,gates=ifco)", "unknown gates of initializer 'chrono': 'ifco'; did you mean 'ifgo'?")]
    [InlineData(
        "focal(prior=1)",
        "the argument prior=1 of initializer 'focal' must be a probability above 0 and below 1"
    )]
    [InlineData(
        "focal(prior=0)",
        "the argument prior=0 of initializer 'focal' must be a probability above 0 and below 1"
    )]
    [InlineData("class_prior", "the initializer 'class_prior' needs its frequencies: class_prior(first,second,...)")]
    [InlineData(
        "class_prior(frequencies=0.5)",
        "the initializer 'class_prior' takes its frequencies without a name: class_prior(first,second,...)"
    )]
    [InlineData(
        "class_prior(0.5,weights=2)",
        "unknown argument of initializer 'class_prior': 'weights'; known are: frequencies"
    )]
    [InlineData(
        "class_prior(0.5,0)",
        "the argument frequencies=0 of initializer 'class_prior' must be a finite number above 0"
    )]
    [InlineData(
        "log_odds(0.5,1)",
        "the argument probabilities=1 of initializer 'log_odds' must be a probability above 0 and below 1"
    )]
    [InlineData(
        "variance_scaling(cut=0)",
        "the argument cut=0 of initializer 'variance_scaling' must be a number from 0.01 to 100"
    )]
    [InlineData(
        "variance_scaling(cut=3)",
        "variance_scaling(cut=3) has a cut, but a normal distribution isn't cut; leave cut out, or write distribution=truncated_normal"
    )]
    [InlineData(
        "truncated_normal_absolute(low=2,high=1)",
        "truncated_normal_absolute(std=1,low=2,high=1) leaves nothing of the normal between low=2 and high=1; low must be below high, and one of them within 38 std of the mean"
    )]
    [InlineData(
        "truncated_normal_absolute(std=0,low=1)",
        "truncated_normal_absolute(std=0,low=1) leaves nothing of the normal between low=1 and high=2; low must be below high, and one of them within 38 std of the mean"
    )]
    [InlineData(
        "truncated_normal_absolute(std=0.02,low=1)",
        "truncated_normal_absolute(std=0.02,low=1) leaves nothing of the normal between low=1 and high=2; low must be below high, and one of them within 38 std of the mean"
    )]
    [InlineData("normal(sigma=2)", "unknown argument of initializer 'normal': 'sigma'; known are: mean, std")]
    [InlineData("normal(std=1,std=2)", "the initializer 'normal' gets its argument 'std' twice")]
    [InlineData("normal(mean=1,2,std=3)", "the initializer 'normal' gets its argument 'std' twice")]
    [InlineData("normal(std=-1)", "the argument std=-1 of initializer 'normal' must be a finite number, 0 or more")]
    [InlineData("normal(std=inf)", "the argument std=inf of initializer 'normal' must be a finite number, 0 or more")]
    [InlineData("normal(mean=-inf)", "the argument mean=-inf of initializer 'normal' must be a finite number")]
    [InlineData(
        "normal(std=x)",
        "std of initializer 'normal': 'x' is not a number; write for example 0.5, 1e-3, sqrt(2) or 5/3"
    )]
    [InlineData("normal(std=)", "the initializer 'normal(std=)' has an empty argument")]
    [InlineData("normal(,1)", "the initializer 'normal(,1)' has an empty argument")]
    [InlineData("normal(1,)", "the initializer 'normal(1,)' has an empty argument")]
    [InlineData(
        "normal(1",
        "the initializer 'normal(1' lacks its closing parenthesis; write name(argument=value, ...)"
    )]
    [InlineData(
        "normal(1)x",
        "the initializer 'normal(1)x' lacks its closing parenthesis; write name(argument=value, ...)"
    )]
    [InlineData("normal(1)(2)", "the parentheses of the initializer 'normal(1)(2)' don't match")]
    [InlineData("normal((1)", "the parentheses of the initializer 'normal((1)' don't match")]
    [InlineData("he_normal(mode=fanout)", "unknown mode of initializer 'he_normal': 'fanout'; did you mean 'fan_out'?")]
    [InlineData(
        "he_normal(mode=both)",
        "unknown mode of initializer 'he_normal': 'both'; known are: fan_in, fan_out, fan_avg, fan_geo_avg"
    )]
    [InlineData(
        "variance_scaling(distribution=laplace)",
        "unknown distribution of initializer 'variance_scaling': 'laplace'; known are: normal, uniform, truncated_normal, truncated_normal_uncorrected"
    )]
    [InlineData(
        "truncated_normal(corrected=1)",
        "unknown corrected of initializer 'truncated_normal': '1'; known are: false, true"
    )]
    [InlineData("uniform(a=2,b=1)", "uniform(a=2,b=1) has a above b; write uniform(a=lowest,b=highest)")]
    [InlineData(
        "truncated_normal(a=2,b=2)",
        "truncated_normal(a=2,b=2) leaves nothing of the normal between a and b; a must be below b, and one of them within 38 std"
    )]
    [InlineData(
        "truncated_normal(a=50,b=60)",
        "truncated_normal(a=50,b=60) leaves nothing of the normal between a and b; a must be below b, and one of them within 38 std"
    )]
    [InlineData(
        "lsuv(max_tries=0)",
        "the argument max_tries=0 of initializer 'lsuv' must be a whole number from 1 to 1000000"
    )]
    [InlineData(
        "lsuv(max_tries=2.5)",
        "the argument max_tries=2.5 of initializer 'lsuv' must be a whole number from 1 to 1000000"
    )]
    [InlineData("sparse(1.5)", "the argument sparsity=1.5 of initializer 'sparse' must be a number from 0 to 1")]
    [InlineData("sparse(-0.1)", "the argument sparsity=-0.1 of initializer 'sparse' must be a number from 0 to 1")]
    [InlineData("sparse(axis=in)", "unknown axis of initializer 'sparse': 'in'; known are: input, output")]
    [InlineData("sparse(count=cell)", "unknown count of initializer 'sparse': 'cell'; did you mean 'ceil'?")]
    [InlineData(
        "icnr(init=he_norml)",
        "init of initializer 'icnr': unknown initializer 'he_norml'; did you mean 'he_normal'?"
    )]
    [InlineData(
        "icnr(init=normal(std=-1))",
        "init of initializer 'icnr': the argument std=-1 of initializer 'normal' must be a finite number, 0 or more"
    )]
    [InlineData(
        "icnr(init=lsuv)",
        "icnr(init=lsuv) starts from values that no data are needed for; write for example icnr(init=orthogonal)"
    )]
    [InlineData("icnr(0)", "the argument scale=0 of initializer 'icnr' must be a whole number from 1 to 1000000")]
    [InlineData(
        "sinusoidal(base=0)",
        "the argument base=0 of initializer 'sinusoidal' must be a finite number, 1 or more"
    )]
    [InlineData(
        "delta_orthogonal(-1)",
        "the argument gain=-1 of initializer 'delta_orthogonal' must be a finite number, 0 or more"
    )]
    [InlineData("identity(inf)", "the argument gain=inf of initializer 'identity' must be a finite number")]
    public void OfInitializers(string text, string message)
    {
        Assert.Equal(
            message.Replace("; ...", $"; {s_known}", StringComparison.Ordinal),
            Assert.Throws<SpellingException>(() => Initializer.Parse(text)).Message
        );
        Assert.False(Initializer.TryParse(text, out Initializer? none));
        Assert.Null(none);
    }

    [Theory]
    [InlineData("leeky_relu", "unknown activation 'leeky_relu'; did you mean 'leaky_relu'?")]
    [InlineData("swish", "unknown activation 'swish'; here it is called 'silu'")]
    [InlineData("gelu_new", "unknown activation 'gelu_new'; here it is called 'gelu_tanh'")]
    [InlineData("Hard-Swish", "unknown activation 'Hard-Swish'; here it is called 'hardswish'")]
    [InlineData("relu(1)", "the activation 'relu' takes no arguments, but got '1'")]
    [InlineData("leaky_relu(inf)", "the argument slope=inf of activation 'leaky_relu' must be a finite number")]
    [InlineData(
        "softshrink(-1)",
        "the argument threshold=-1 of activation 'softshrink' must be a finite number, 0 or more"
    )]
    [InlineData("celu(0)", "the argument alpha=0 of activation 'celu' must be a finite number above 0")]
    public void OfActivations(string text, string message) =>
        Assert.Equal(message, Assert.Throws<SpellingException>(() => Activation.Parse(text)).Message);

    [Fact]
    public void NullIsNoText()
    {
        Assert.Throws<ArgumentNullException>(() => Initializer.Parse(null!));
        Assert.False(Initializer.TryParse(null!, out _));
    }

    [Fact]
    public void LongAndUnprintableTextIsCutInTheMessage()
    {
        string longText = new('x', 100_000);
        string message = Assert.Throws<SpellingException>(() => Initializer.Parse(longText)).Message;
        Assert.Equal($"the initializer '{new string('x', 57)}...' is longer than 512 characters", message);
        message = Assert.Throws<SpellingException>(() => Initializer.Parse("he\u001b[31m\n_normal")).Message;
        Assert.DoesNotContain(message, char.IsControl);
        // An emoji at the cut and marks that turn the direction of the text.
        message = Assert
            .Throws<SpellingException>(() =>
                Initializer.Parse($"\u202e{new string('x', 55)}\U0001F600{longText[..60]}")
            )
            .Message;
        Assert.DoesNotContain('\u202e', message);
        Assert.DoesNotContain(message, char.IsSurrogate);
    }

    /// <summary>Whatever the text: a value or the one kind of exception, in one line, never anything else.</summary>
    [Fact]
    public void AnyTextIsReadOrRefused()
    {
        Gen<string> noise = Gen.String[Gen.Char["abehinorstu_()=,.0123456789+-*/ e\0\u0661\u202e"], 0, 40];
        Gen<string> near = Gen.Select(Property.AnyOf([.. Initializer.Names]), noise, (name, rest) => $"{name}({rest})");
        Gen.OneOf(noise, near, Gen.String)
            .Sample(
                text =>
                {
                    try
                    {
                        Initializer parsed = Initializer.Parse(text);
                        Assert.Equal(parsed, Initializer.Parse(parsed.ToString()));
                    }
                    catch (SpellingException e)
                    {
                        Assert.DoesNotContain(e.Message, char.IsControl);
                        Assert.InRange(e.Message.Length, 1, 400 + s_known.Length);
                    }
                },
                iter: 5000,
                seed: Property.Seed
            );
    }

    /// <summary>Code that passes a wrong number made a mistake of arguments, not of spelling.</summary>
    [Fact]
    public void FactoriesRefuseTheSameValues()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Constant(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.HeNormal(gain: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.HeNormal((FanMode)17));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Initializer.VarianceScaling(1, FanMode.In, (ScaledDistribution)(-1))
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Lsuv(0.05, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Sparse(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Sparse(axis: (SparseAxis)2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Bilinear((BilinearChannels)2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Icnr(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Sinusoidal(basis: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.DeltaOrthogonal(-1));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.Uniform(2, 1));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.TruncatedNormal(a: 2, b: 1));
        Assert.ThrowsAny<ArgumentException>(() => Initializer.TruncatedNormal(a: double.NaN));
    }
}
