namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// Nguyen and Widrow's rule for the hidden layer of a two-layer network: each unit's weights are a random direction
    /// of length beta = <paramref name="scale"/> h^(1/n), for h units of n inputs, so that the pieces of the input cube
    /// that single units resolve cover it with some overlap. Its biases are <c>uniform(a=-beta,b=beta)</c>. For few inputs
    /// in [-1, 1] and a saturating activation such as tanh; with many inputs beta tends to 0.7, whatever the width.
    /// </summary>
    /// <remarks>
    /// Nguyen, Widrow: Improving the learning speed of 2-layer neural networks by choosing initial values of the adaptive
    /// weights, 1990. Implementations scale a vector of uniform numbers to that length, which favours the corners of the
    /// cube; here every direction is equally likely.
    /// </remarks>
    /// <param name="scale">0.7 in the paper: below 1, so that the pieces overlap.</param>
    public static Initializer NguyenWidrow(double scale = 0.7) => FanIn.NguyenWidrow.Form.With(scale);
}

/// <summary>|w_unit| = scale h^(1/n), the direction uniform.</summary>
internal sealed class NguyenWidrow : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "nguyen_widrow",
        [FormParameter.NotNegative("scale", 0.7)],
        (form, v) => new NguyenWidrow(form, v)
    );

    private readonly double _scale;

    private NguyenWidrow(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _scale = arguments[0];

    public override bool NeedsFan => true;

    private protected override bool IsElementwise => false;

    /// <summary>An element is a coordinate of a point on the sphere of radius beta in n dimensions.</summary>
    public override ElementDistribution Distribution(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FanOf(tensor);
        return tensor.Count == 0
            ? ElementDistribution.At(0)
            : ElementDistribution.OnSphere(InputsOfAUnit(tensor), Length(tensor));
    }

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        FanOf(tensor);
        var stream = source.StreamFor(this);
        int row = checked((int)InputsOfAUnit(tensor));
        double length = RandomArguments.CheckFiniteDouble(Length(tensor), "scale");
        if (typeof(T) == typeof(double))
        {
            var values = new double[destination.Length];
            stream.FillNormal(values.AsSpan());
            for (int start = 0; start < values.Length; start += row)
            {
                double factor = length / Norm(values.AsSpan(start, row));
                foreach (ref double value in values.AsSpan(start, row))
                {
                    value *= factor;
                }
            }
            source.Store<double, T>(values, destination);
        }
        else
        {
            ElementValue.Of<T>(length, "scale");
            var values = new float[destination.Length];
            stream.FillNormal(values.AsSpan());
            var unit = new double[row];
            for (int start = 0; start < values.Length; start += row)
            {
                for (int i = 0; i < row; i++)
                {
                    unit[i] = values[start + i];
                }
                double factor = length / Norm(unit);
                for (int i = 0; i < row; i++)
                {
                    values[start + i] = (float)(unit[i] * factor);
                }
            }
            source.Store<float, T>(values, destination);
        }
    }

    /// <summary>In the order of the elements: the sum's bits are the same everywhere.</summary>
    private static double Norm(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum = Math.FusedMultiplyAdd(value, value, sum);
        }
        return Math.Sqrt(sum);
    }

    private double Length(TensorDescription tensor) =>
        _scale * RealPower.Of((double)tensor.Outputs / tensor.Groups, 1.0 / InputsOfAUnit(tensor));

    /// <summary>The length of a row in canonical order; of an embedding, which looks up one row at a time, 1.</summary>
    private static long InputsOfAUnit(TensorDescription tensor) =>
        tensor.Layout == WeightLayout.Embedding ? 1 : tensor.Inputs / tensor.Groups * tensor.TapCount;
}
