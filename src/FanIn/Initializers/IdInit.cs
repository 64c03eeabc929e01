namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// IDInit: identities all along the longer side, times <paramref name="gain"/>: w[o, j] = gain where o and j leave the
    /// same rest by the shorter side, else 0. So every output and every input has a connection, where
    /// <see cref="Identity"/> leaves what is beyond the square at 0. A convolution is the matrix out x (in / groups x taps)
    /// of its groups, so that its outputs read different taps (the paper's patch-maximal form), not all the centre.
    /// </summary>
    /// <param name="gain">1 as a rule; sqrt(2) before a ReLU that is on no skip.</param>
    /// <remarks>
    /// Pan, Wang, Shi, Cai, Yu: IDInit: A Universal and Stable Initialization Method for Neural Network Training, 2024.
    /// The columns are taken in the canonical order, input by input and then tap by tap, so that min(out, in x taps)
    /// different patches are read. A unit of a matrix that is n times as wide as high adds up n inputs. For the last layer
    /// of a residual branch: <see cref="IdInitZero"/>.
    /// </remarks>
    public static Initializer IdInit(double gain = 1) => FanIn.IdInit.Form.With(gain);

    /// <summary>
    /// IDInit's last layer of a residual branch: the pattern of <see cref="IdInit"/> with <paramref name="epsilon"/> for 1.
    /// The branch begins as good as silent, and unlike with zeros its other layers get a gradient from the first step.
    /// </summary>
    /// <remarks>Pan et al. 2024 (IDIZ), with 1e-6.</remarks>
    public static Initializer IdInitZero(double epsilon = 1e-6) => FanIn.IdInit.ZeroForm.With(epsilon);
}

/// <summary>w[o, j] = value [o mod n = j mod n], n = min(out, in x taps).</summary>
internal sealed class IdInit : PatternInitializer
{
    public static readonly Form<Initializer> Form = new(
        "idinit",
        [FormParameter.Number("gain", 1)],
        (form, v) => new IdInit(form, v)
    );

    public static readonly Form<Initializer> ZeroForm = new(
        "idinit_zero",
        [FormParameter.Number("epsilon", 1e-6)],
        (form, v) => new IdInit(form, v)
    );

    private readonly double _value;

    private IdInit(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _value = arguments[0];

    private protected override ConnectionValue Pattern(TensorDescription tensor)
    {
        (long rows, long columns) = Matrix(tensor);
        long taps = tensor.TapCount;
        return rows <= columns
            ? (in Connection c) => ((c.Input * taps) + c.Tap) % rows == c.Output ? _value : 0
            : (in Connection c) => c.Output % columns == (c.Input * taps) + c.Tap ? _value : 0;
    }

    private protected override ElementDistribution Law(TensorDescription tensor)
    {
        (long rows, long columns) = Matrix(tensor);
        double share = 1.0 / Math.Min(rows, columns);
        return ElementDistribution.OneOf((_value, share), (0, 1 - share));
    }

    private static (long Rows, long Columns) Matrix(TensorDescription tensor) =>
        (tensor.Outputs / tensor.Groups, tensor.Inputs / tensor.Groups * tensor.TapCount);
}
