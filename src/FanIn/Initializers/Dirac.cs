namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// The identity as a convolution, times <paramref name="gain"/>: in each group output d reads the kernel's centre of
    /// input d, and nothing else. Outputs beyond the inputs are 0. With groups this is PyTorch's
    /// <c>dirac_(groups=...)</c>: output g out / groups + d reads input d of group g.
    /// </summary>
    /// <remarks>
    /// The centre is tap k / 2, rounded down, in each dimension (PyTorch's; JAX's delta_orthogonal takes (k - 1) / 2). An
    /// even kernel has no middle: with the usual padding the output is then the input shifted by one position. Zagoruyko,
    /// Komodakis: DiracNets, 2017.
    /// </remarks>
    public static Initializer Dirac(double gain = 1) => FanIn.Dirac.Form.With(gain);
}

/// <summary>w[o, i, t] = gain [o = i] [t = centre].</summary>
internal sealed class Dirac : PatternInitializer
{
    public static readonly Form<Initializer> Form = new(
        "dirac",
        [FormParameter.Number("gain", 1)],
        (form, v) => new Dirac(form, v)
    );

    private readonly double _gain;

    private Dirac(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _gain = arguments[0];

    private protected override void Require(TensorDescription tensor) =>
        Kernel.Require(this, tensor, "identity is its form for dense layers");

    private protected override ConnectionValue Pattern(TensorDescription tensor)
    {
        long centre = Kernel.Centre(tensor);
        return (in Connection c) => c.Output == c.Input && c.Tap == centre ? _gain : 0;
    }

    private protected override ElementDistribution Law(TensorDescription tensor) =>
        FanIn.Identity.Diagonal(tensor, _gain, tensor.Count);
}
