namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// A convolution that keeps the norm of every image, times <paramref name="gain"/>: a random orthogonal matrix in the
    /// kernel's centre (with fewer inputs than outputs, orthonormal columns), zeros in its other taps. Networks of 10,000
    /// layers and no skips have been trained from it. Needs at least as many outputs as inputs.
    /// </summary>
    /// <remarks>
    /// Xiao, Bahri, Sohl-Dickstein, Schoenholz, Pennington: Dynamical Isometry and a Mean Field Theory of CNNs, 2018,
    /// algorithm 2. The matrix is what <see cref="Orthogonal"/> gives a dense layer under the same key; with groups, each
    /// has its own, under the sub-stream <c>key#group0</c> and so on. The centre is that of <see cref="Dirac"/>. TF 1
    /// multiplied by sqrt(gain) instead.
    /// </remarks>
    public static Initializer DeltaOrthogonal(double gain = 1) => FanIn.DeltaOrthogonal.Form.With(gain);
}

/// <summary>w[., ., t] = gain Q [t = centre], Q^T Q = I.</summary>
internal sealed class DeltaOrthogonal : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "delta_orthogonal",
        [FormParameter.NotNegative("gain", 1)],
        (form, v) => new DeltaOrthogonal(form, v)
    );

    private readonly double _gain;

    private DeltaOrthogonal(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _gain = arguments[0];

    private protected override bool IsElementwise => false;

    public override bool NeedsFan => true;

    public override ElementDistribution Distribution(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FanOf(tensor);
        if (tensor.Count == 0)
        {
            return ElementDistribution.At(0);
        }
        Kernel.RequireIsometry(this, tensor);
        return ElementDistribution.ZeroOr(
            (tensor.TapCount - 1.0) / tensor.TapCount,
            ElementDistribution.OnSphere(tensor.Outputs / tensor.Groups, _gain)
        );
    }

    public override Isometry? PromisedIsometry(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return _gain > 0 && tensor.Count > 0 ? new Isometry(_gain, OfConvolution: true) : null;
    }

    public override ElementStructure Structure(TensorDescription tensor) =>
        _gain > 0 ? ElementStructure.Dependent : ElementStructure.Fixed;

    private protected override void FillElements<T>(Span<T> destination, TensorDescription tensor, RandomSource source)
    {
        Kernel.RequireIsometry(this, tensor);
        RandomStream stream = source.StreamFor(this);
        if (typeof(T) == typeof(double))
        {
            Fill<double, T>(destination, tensor, source.Order, stream);
        }
        else
        {
            Fill<float, T>(destination, tensor, source.Order, stream);
        }
    }

    private void Fill<TDraw, T>(Span<T> destination, TensorDescription tensor, StoredOrder? order, RandomStream stream)
        where TDraw : unmanaged
        where T : unmanaged
    {
        (long taps, long centre) = (tensor.TapCount, Kernel.Centre(tensor));
        int rows = (int)(tensor.Outputs / tensor.Groups);
        int columns = (int)(tensor.Inputs / tensor.Groups);
        var drawn = new TDraw[rows * columns];
        var matrix = new T[drawn.Length];
        destination.Clear();
        for (int group = 0; group < tensor.Groups; group++)
        {
            HaarOrthogonal.Fill(drawn.AsSpan(), rows, columns, _gain, Of(stream, group, tensor));
            ElementStore.Convert<TDraw, T>(drawn, matrix);
            for (int i = 0; i < matrix.Length; i++)
            {
                long index = ((((long)group * matrix.Length) + i) * taps) + centre;
                destination[(int)(order?.Place(index) ?? index)] = matrix[i];
            }
        }
    }

    /// <summary>The stream of one group's matrix.</summary>
    internal static RandomStream Of(RandomStream stream, int group, TensorDescription tensor) =>
        tensor.Groups == 1 ? stream : stream.Substream($"group{group}");
}
