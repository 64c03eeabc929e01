namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// A random (semi-)orthogonal matrix times <paramref name="gain"/>, uniform by Haar's measure. The tensor is taken as
    /// the matrix out x (in / groups x taps); the shorter side's vectors are orthonormal. All singular values are equal,
    /// so nothing is lost or blown up through a linear stack of any depth, and seeds differ far less than with
    /// independent weights. Gain sqrt(2) on hidden ReLU layers, 1 on linear and output layers.
    /// A convolution with such a matrix does not keep the norm of an image: neighbouring positions share inputs, so that
    /// the map between whole images has singular values from 0 to sqrt(taps) times the gain. <see cref="DeltaOrthogonal"/>
    /// and <see cref="ConvOrthogonal"/> do keep it.
    /// </summary>
    /// <remarks>Saxe, McClelland, Ganguli: Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2013; drawn by Stewart's (1980) product of reflections.</remarks>
    public static Initializer Orthogonal(double gain = 1) => FanIn.Orthogonal.Form.With(gain);
}

/// <summary>W W^T = gain^2 I (or W^T W, where there are more rows than columns).</summary>
internal sealed class Orthogonal : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "orthogonal",
        [FormParameter.NotNegative("gain", 1)],
        (form, v) => new Orthogonal(form, v)
    );

    private readonly double _gain;

    private Orthogonal(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _gain = arguments[0];

    private protected override bool IsElementwise => false;

    public override bool NeedsFan => true;

    /// <summary>Of n x m elements each is a coordinate of a point on the sphere of radius gain in max(n, m) dimensions.</summary>
    public override ElementDistribution Distribution(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        (long rows, long columns) = Matrix(tensor);
        return tensor.Count == 0
            ? ElementDistribution.At(0)
            : ElementDistribution.OnSphere(Math.Max(rows, columns), _gain);
    }

    public override Isometry? PromisedIsometry(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return _gain > 0 && tensor.Count > 0 ? new Isometry(_gain) : null;
    }

    /// <summary>The elements depend on one another, but no two of them are correlated.</summary>
    public override ElementStructure Structure(TensorDescription tensor) =>
        _gain > 0 ? ElementStructure.Independent : ElementStructure.Fixed;

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        (long rows, long columns) = source.IsStream ? Matrix(tensor) : StoredMatrix(tensor);
        source.FillOrthogonal(destination, checked((int)rows), checked((int)columns), _gain, this);
    }

    private (long Rows, long Columns) Matrix(TensorDescription tensor)
    {
        FanOf(tensor);
        return tensor.Layout == WeightLayout.Embedding
            ? (tensor.Inputs, tensor.Outputs)
            : (tensor.Outputs, tensor.Inputs / tensor.Groups * tensor.TapCount);
    }

    /// <summary>As the frameworks take it: PyTorch's first stored axis, or Keras's and JAX's last, against all others.</summary>
    private (long Rows, long Columns) StoredMatrix(TensorDescription tensor)
    {
        FanOf(tensor);
        if (tensor.Count == 0)
        {
            return (0, 0);
        }
        if (tensor.Layout is WeightLayout.Keras or WeightLayout.KerasTransposed or WeightLayout.KerasDepthwise)
        {
            return (tensor.Count / tensor.Shape[^1], tensor.Shape[^1]);
        }
        return (tensor.Shape[0], tensor.Count / tensor.Shape[0]);
    }
}
