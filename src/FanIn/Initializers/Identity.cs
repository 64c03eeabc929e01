namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// The identity matrix times <paramref name="gain"/>, for dense layers: w[o, i] = gain where o = i, else 0. A matrix
    /// that isn't square has it in its first rows and columns, a table of embeddings one-hot rows, and with groups each
    /// group has its own. For convolutions: <see cref="Dirac"/>.
    /// </summary>
    /// <remarks>
    /// IRNN (Le, Jaitly, Hinton: A Simple Way to Initialize Recurrent Networks of Rectified Linear Units, 2015, section
    /// 3): a ReLU network's recurrent matrix is the identity and its bias 0, so that a hidden state without input stays
    /// what it is; <c>identity(gain=0.01)</c> where short memory is wanted, and <c>normal(std=0.001)</c> for the input.
    /// </remarks>
    public static Initializer Identity(double gain = 1) => FanIn.Identity.Form.With(gain);
}

/// <summary>w[o, i] = gain [o = i].</summary>
internal sealed class Identity : PatternInitializer
{
    public static readonly Form<Initializer> Form = new(
        "identity",
        [FormParameter.Number("gain", 1)],
        (form, v) => new Identity(form, v)
    );

    private readonly double _gain;

    private Identity(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _gain = arguments[0];

    private protected override void Require(TensorDescription tensor)
    {
        if (!tensor.Taps.IsEmpty)
        {
            throw new ArgumentException(
                $"{this} is for dense layers, and {tensor} has a kernel; dirac is its form for convolutions.",
                nameof(tensor)
            );
        }
    }

    private protected override ConnectionValue Pattern(TensorDescription tensor) =>
        (in Connection c) => c.Output == c.Input ? _gain : 0;

    private protected override ElementDistribution Law(TensorDescription tensor) =>
        Diagonal(tensor, _gain, tensor.Count);

    /// <summary>One value on each group's diagonal and 0 elsewhere, of so many elements.</summary>
    internal static ElementDistribution Diagonal(TensorDescription tensor, double value, long count)
    {
        double share = (double)Math.Min(tensor.Outputs, tensor.Inputs) / count;
        return ElementDistribution.OneOf((value, share), (0, 1 - share));
    }
}
