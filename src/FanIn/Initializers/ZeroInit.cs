using System.Numerics;

namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// ZerO: nothing random. A layer with at most as many outputs as inputs is a partial identity; one with more outputs
    /// is the upper left part of c H, where H is Hadamard's matrix of 2^m >= out rows, H[o, i] = (-1)^(common one bits of
    /// o and i) and c = 2^(-m/2). A convolution has that in its kernel's centre, a group for itself.
    /// </summary>
    /// <param name="expansionGain">A factor for layers with more outputs than inputs alone.</param>
    /// <remarks>
    /// Zhao, Schaefer, Anandkumar: ZerO Initialization, 2021, algorithm 1: the identity alone would keep a network that
    /// widens at its input's rank; with Hadamard's transform every new unit gets a mixture of its own. The constant is
    /// derived, not copied: H H^T = 2^m I, so that c H is orthogonal, and keeps the norm where out is a power of two, just
    /// for c = 2^(-m/2). The paper's text has 2^(-(m-1)/2), sqrt(2) times as much, which makes up for a ReLU after it:
    /// <c>zero_init(expansion_gain=sqrt(2))</c>.
    /// </remarks>
    public static Initializer ZeroInit(double expansionGain = 1) => FanIn.ZeroInit.Form.With(expansionGain);
}

/// <summary>w = I where out &lt;= in, else 2^(-m/2) H, cut to out x in; in the kernel's centre.</summary>
internal sealed class ZeroInit : PatternInitializer
{
    public static readonly Form<Initializer> Form = new(
        "zero_init",
        [FormParameter.NotNegative("expansion_gain", 1)],
        (form, v) => new ZeroInit(form, v)
    );

    private readonly double _gain;

    private ZeroInit(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _gain = arguments[0];

    private protected override ConnectionValue Pattern(TensorDescription tensor)
    {
        long centre = Kernel.Centre(tensor);
        if (tensor.Outputs <= tensor.Inputs)
        {
            return (in Connection c) => c.Output == c.Input && c.Tap == centre ? 1 : 0;
        }
        double size = Size(tensor);
        return (in Connection c) =>
            c.Tap != centre ? 0
            : IsOdd(c.Output & c.Input) ? -size
            : size;
    }

    private protected override ElementDistribution Law(TensorDescription tensor)
    {
        if (tensor.Outputs <= tensor.Inputs)
        {
            return FanIn.Identity.Diagonal(tensor, 1, tensor.Count);
        }
        (long rows, long columns) = (tensor.Outputs / tensor.Groups, tensor.Inputs / tensor.Groups);
        double used = 1.0 / tensor.TapCount;
        double surplus = SumOfSigns(rows, columns) / ((double)rows * columns);
        double size = Size(tensor);
        return ElementDistribution.OneOf(
            (size, used * (1 + surplus) / 2),
            (-size, used * (1 - surplus) / 2),
            (0, 1 - used)
        );
    }

    private double Size(TensorDescription tensor)
    {
        int m = Log2(tensor.Outputs / tensor.Groups);
        return _gain * Math.ScaleB(m % 2 == 0 ? 1 : Math.Sqrt(2), -((m + 1) / 2));
    }

    /// <summary>The least m with 2^m at least n.</summary>
    private static int Log2(long n) => 64 - BitOperations.LeadingZeroCount((ulong)n - 1);

    private static bool IsOdd(long bits) => (BitOperations.PopCount((ulong)bits) & 1) != 0;

    /// <summary>
    /// The sum of the first rows x columns elements of Hadamard's matrix, quarter by quarter: a column over all rows sums
    /// to 0 but for the first.
    /// </summary>
    private static long SumOfSigns(long rows, long columns)
    {
        if (rows == 0 || columns == 0)
        {
            return 0;
        }
        long size = 1L << Log2(Math.Max(rows, columns));
        if (rows == size || columns == size)
        {
            return size;
        }
        long half = size / 2;
        long below = Math.Max(0, rows - half);
        long right = Math.Max(0, columns - half);
        return SumOfSigns(rows - below, columns - right)
            + SumOfSigns(rows - below, right)
            + SumOfSigns(below, columns - right)
            - SumOfSigns(below, right);
    }
}
