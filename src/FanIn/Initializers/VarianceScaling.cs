namespace FanIn;

/// <summary>The shapes of distribution that scaled initializers draw from.</summary>
public enum ScaledDistribution
{
    /// <summary>A plain normal.</summary>
    Normal,

    /// <summary>Uniform on [-sqrt(3) std, sqrt(3) std).</summary>
    Uniform,

    /// <summary>A normal cut at two of its own standard deviations and widened so that std is kept, as in Keras and JAX.</summary>
    TruncatedNormal,

    /// <summary>
    /// A normal cut at two of its own standard deviations and left so: its std is 0.8796 of the formula's, as in
    /// TensorFlow 1 and wherever <c>trunc_normal_</c> gets the formula's std.
    /// </summary>
    TruncatedNormalUncorrected,
}

public abstract partial class Initializer
{
    /// <summary>
    /// The common form of the scaled rules: Var w = <paramref name="scale"/> / fan. LeCun is (1, fan-in), He (2, fan-in),
    /// Xavier (1, average); Keras's and JAX's <c>variance_scaling</c> has the same numbers, with
    /// <see cref="ScaledDistribution.TruncatedNormal"/> where nothing else is asked for.
    /// </summary>
    /// <param name="scale">Of the variance.</param>
    /// <param name="mode">Which fan divides it.</param>
    /// <param name="distribution">What is drawn.</param>
    /// <param name="cut">
    /// Where the truncated normals are cut, in standard deviations of the normal before the cut, from 0.01 to 100. Keras,
    /// JAX and TensorFlow cut at 2, OLMo at 3.
    /// </param>
    /// <exception cref="ArgumentException">The distribution has no cut and <paramref name="cut"/> isn't 2.</exception>
    public static Initializer VarianceScaling(
        double scale = 1,
        FanMode mode = FanMode.In,
        ScaledDistribution distribution = ScaledDistribution.Normal,
        double cut = 2
    ) => FanIn.VarianceScaling.Form.With(scale, (int)mode, (int)distribution, cut);
}

/// <summary>
/// w with mean 0 and a standard deviation that is a function of the fan: the engine of every rule that keeps a
/// variance through the depth. The families (<see cref="He"/>, <see cref="Xavier"/> ...) are its named settings.
/// </summary>
internal sealed class VarianceScaling : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "variance_scaling",
        [
            FormParameter.NotNegative("scale", 1),
            FormParameter.Choice("mode", FanMode.In),
            FormParameter.Choice("distribution", ScaledDistribution.Normal),
            FormParameter.Between("cut", 2, 0.01, 100),
        ],
        Create
    );

    private readonly ScaledDistribution _distribution;
    private readonly Func<Fan, double> _scale;
    private readonly bool _scaleIsBound;
    private readonly double _cut;

    /// <summary>A rule that says the standard deviation.</summary>
    public VarianceScaling(
        Form<Initializer> form,
        FormArguments arguments,
        ScaledDistribution distribution,
        Func<Fan, double> std,
        double cut = 2
    )
        : this(form, arguments, distribution, std, cut, false) { }

    private VarianceScaling(
        Form<Initializer> form,
        FormArguments arguments,
        ScaledDistribution distribution,
        Func<Fan, double> scale,
        double cut,
        bool scaleIsBound
    )
        : base(form.Name, form.Print(arguments)) =>
        (_distribution, _scale, _cut, _scaleIsBound) = (distribution, scale, cut, scaleIsBound);

    /// <summary>A rule that says the bound of a uniform, w ~ U(-bound, bound), without the detour by its std.</summary>
    public static VarianceScaling Within(Form<Initializer> form, FormArguments arguments, Func<Fan, double> bound) =>
        new(form, arguments, ScaledDistribution.Uniform, bound, 2, true);

    public override bool NeedsFan => true;

    public override ElementDistribution Distribution(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Fan fan = FanOf(tensor);
        double scale = tensor.Count == 0 ? 0 : _scale(fan);
        return _distribution switch
        {
            ScaledDistribution.Normal => ElementDistribution.Normal(0, scale),
            ScaledDistribution.Uniform => ElementDistribution.Uniform(
                -Bound(scale),
                Bound(scale),
                _scaleIsBound ? scale / Math.Sqrt(3) : scale
            ),
            _ => ElementDistribution.CutNormal(0, Uncut(scale), -_cut, _cut),
        };
    }

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        double scale = _scale(FanOf(tensor));
        switch (_distribution)
        {
            case ScaledDistribution.Normal:
                source.FillNormal(destination, 0, scale);
                break;
            case ScaledDistribution.Uniform:
                source.FillUniform(destination, -Bound(scale), Bound(scale));
                break;
            default:
                source.FillTruncatedNormal(destination, 0, Uncut(scale), -_cut, _cut);
                break;
        }
    }

    private static VarianceScaling Create(Form<Initializer> form, FormArguments v)
    {
        var distribution = (ScaledDistribution)v[2];
        if (v[3] != 2 && distribution is ScaledDistribution.Normal or ScaledDistribution.Uniform)
        {
            throw new SpellingException(
                $"{form.Print(v)} has a cut, but a {Spelling.Word(distribution)} distribution isn't cut; leave cut out, or write distribution=truncated_normal"
            );
        }
        return new VarianceScaling(form, v, distribution, fan => Math.Sqrt(v[0] / fan.Of((FanMode)v[1])), v[3]);
    }

    private double Bound(double scale) => _scaleIsBound ? scale : Math.Sqrt(3) * scale;

    private double Uncut(double std) =>
        _distribution == ScaledDistribution.TruncatedNormal
            ? std / FanIn.TruncatedNormal.StandardDeviation(-_cut, _cut)
            : std;
}
