namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// Every element 0: for biases, and for weights only behind a branch that should start silent. It is all there is to
    /// several named methods, each on its own parameter of a residual branch: zero-gamma on the scale of the branch's last
    /// normalization (Goyal et al. 2017), SkipInit (De, Smith 2020) and ReZero (Bachlechner et al. 2020) on the scalar that
    /// multiplies the branch, Fixup on the branch's last weight and on the classifier, muP on the readout.
    /// </summary>
    public static Initializer Zeros { get; } = FanIn.Constant.ZerosForm.Default;

    /// <summary>Every element 1: for the scales of normalization layers.</summary>
    public static Initializer Ones { get; } = FanIn.Constant.OnesForm.Default;

    /// <summary>
    /// Every element <paramref name="value"/>. On a weight this keeps all units of a layer equal for ever: they get the
    /// same gradient at every step, which is the symmetry that random initialization exists to break.
    /// </summary>
    public static Initializer Constant(double value) => FanIn.Constant.ValueForm.With(value);
}

/// <summary>w = c.</summary>
internal sealed class Constant : Initializer
{
    public static readonly Form<Initializer> ZerosForm = new("zeros", [], (form, v) => new Constant(form, v, 0));
    public static readonly Form<Initializer> OnesForm = new("ones", [], (form, v) => new Constant(form, v, 1));
    public static readonly Form<Initializer> ValueForm = new(
        "constant",
        [FormParameter.Needed("value")],
        (form, v) => new Constant(form, v, v[0])
    );

    private readonly double _value;

    public Constant(Form<Initializer> form, FormArguments arguments, double value)
        : base(form.Name, form.Print(arguments)) => _value = value;

    private protected override bool IsElementwiseAsStored => true;

    public override ElementDistribution Distribution(TensorDescription tensor) => ElementDistribution.At(_value);

    private protected override void FillElements<T>(
        Span<T> destination,
        TensorDescription tensor,
        RandomSource source
    ) => destination.Fill(ElementValue.Of<T>(_value, "value"));
}

/// <summary>A number that a rule computes, as an element.</summary>
internal static class ElementValue
{
    /// <summary>Rounded once to float32 (not for float64) and from there to the element type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The element type has no number that large.</exception>
    public static T Of<T>(double value, string name)
        where T : unmanaged =>
        typeof(T) == typeof(double) ? (T)(object)value
        : typeof(T) == typeof(float) ? (T)(object)RandomArguments.CheckFinite(value, name)
        : typeof(T) == typeof(BFloat16) ? (T)(object)(BFloat16)RandomArguments.CheckFinite<BFloat16Grid>(value, name)
        : (T)(object)(Half)RandomArguments.CheckFinite<HalfGrid>(value, name);
}
