using System.Numerics;

namespace FanIn;

public abstract partial class Initializer
{
    /// <summary>
    /// A convolution that keeps the norm of every image, times <paramref name="gain"/>, with all taps in use: a random
    /// orthogonal matrix, convolved along each dimension with k - 1 kernels of two taps [P, I - P], where P projects onto a
    /// random half of the channels. Exact under circular padding; other paddings lose something at the border. Needs at
    /// least as many outputs as inputs. <see cref="DeltaOrthogonal"/> is the special case that uses the centre alone.
    /// </summary>
    /// <remarks>
    /// Kautsky, Turcajova: A matrix approach to discrete wavelets, 1994; Xiao et al. 2018, algorithm 1; Li et al.:
    /// Preventing Gradient Attenuation in Lipschitz Constrained Convolutional Networks, 2019 (BCOP). P + (I - P) z is
    /// unitary for every |z| = 1, and so is a product of such factors. P = V V^T has rank n / 2 for n outputs, of odd n
    /// rounded down and up in turns along a dimension, so that the kernel's weight is about its centre; with one channel it
    /// is <see cref="Dirac"/>. The matrix is what <see cref="Orthogonal"/> gives a dense layer under the same key, V an
    /// orthogonal one of the sub-stream <c>key#projector0</c> and so on, dimension by dimension and in each from the factor
    /// that is applied first; with groups, each has its own, under <c>key#group0</c> and so on. Elements have mean 0 and
    /// standard deviation gain / sqrt(taps x out / groups); their law has no closed form.
    /// </remarks>
    public static Initializer ConvOrthogonal(double gain = 1) => FanIn.ConvOrthogonal.Form.With(gain);
}

/// <summary>W(z) = gain product of (P + (I - P) z_d) Q: W(z)^* W(z) = gain^2 I on the unit circles.</summary>
internal sealed class ConvOrthogonal : Initializer
{
    public static readonly Form<Initializer> Form = new(
        "conv_orthogonal",
        [FormParameter.NotNegative("gain", 1)],
        (form, v) => new ConvOrthogonal(form, v)
    );

    private readonly double _gain;

    private ConvOrthogonal(Form<Initializer> form, FormArguments arguments)
        : base(form.Name, form.Print(arguments)) => _gain = arguments[0];

    private protected override bool IsElementwise => false;

    public override bool NeedsFan => true;

    /// <summary>By Parseval the squares of a group's elements make gain^2 for each of its inputs.</summary>
    public override double? StandardDeviation(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FanOf(tensor);
        if (tensor.Count == 0)
        {
            return 0;
        }
        Kernel.RequireIsometry(this, tensor);
        return _gain / Math.Sqrt((double)(tensor.Outputs / tensor.Groups) * tensor.TapCount);
    }

    /// <summary>Null, but where there is nothing else than zeros.</summary>
    public override ElementDistribution? Distribution(TensorDescription tensor) =>
        StandardDeviation(tensor) == 0 ? ElementDistribution.At(0) : null;

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
        int rows = (int)(tensor.Outputs / tensor.Groups);
        int columns = (int)(tensor.Inputs / tensor.Groups);
        int taps = (int)tensor.TapCount;
        for (int group = 0; group < tensor.Groups; group++)
        {
            double[][] kernel = Draw<T>(FanIn.DeltaOrthogonal.Of(stream, group, tensor), rows, columns, tensor);
            for (int t = 0; t < taps; t++)
            {
                for (int i = 0; i < kernel[t].Length; i++)
                {
                    long index = ((((long)group * rows * columns) + i) * taps) + t;
                    destination[(int)(source.Order?.Place(index) ?? index)] = PatternFill.Rounded<T>(
                        _gain * kernel[t][i]
                    );
                }
            }
        }
    }

    /// <summary>One group's matrices, a tap each, row-major. Drawn in the element type and multiplied in float64.</summary>
    private static double[][] Draw<T>(RandomStream stream, int rows, int columns, TensorDescription tensor)
        where T : unmanaged
    {
        double[][] kernel = [Orthonormal<T>(stream, rows, columns)];
        int drawn = 0;
        // How often what is there repeats along the dimensions before: taps are added from the first one on.
        for (int d = 0; d < tensor.Taps.Length; d++)
        {
            int before = kernel.Length;
            for (int size = 1; size < tensor.Taps[d]; size++)
            {
                int rank = (rows + ((size - 1) % 2)) / 2;
                double[] basis = Orthonormal<T>(stream.Substream($"projector{drawn++}"), rows, rank);
                kernel = Longer(kernel, before, size, basis, rows, columns);
            }
        }
        return kernel;
    }

    /// <summary>
    /// The kernel [before, size] convolved with [P, I - P] along its last dimension: tap t of the result is
    /// P K[t] + (I - P) K[t - 1].
    /// </summary>
    private static double[][] Longer(double[][] kernel, int before, int size, double[] basis, int rows, int columns)
    {
        var longer = new double[before * (size + 1)][];
        for (int b = 0; b < before; b++)
        {
            double[] carried = new double[rows * columns];
            for (int t = 0; t < size; t++)
            {
                double[] matrix = kernel[(b * size) + t];
                double[] kept = Projected(matrix, basis, rows, columns);
                double[] sum = new double[matrix.Length];
                double[] rest = new double[matrix.Length];
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] = kept[i] + carried[i];
                    rest[i] = matrix[i] - kept[i];
                }
                longer[(b * (size + 1)) + t] = sum;
                carried = rest;
            }
            longer[(b * (size + 1)) + size] = carried;
        }
        return longer;
    }

    /// <summary>V (V^T matrix), each element one sum in the order of the rows, whatever the machine's vectors.</summary>
    private static double[] Projected(double[] matrix, double[] basis, int rows, int columns)
    {
        int rank = basis.Length / rows;
        double[] inner = new double[rank * columns];
        double[] projected = new double[matrix.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int k = 0; k < rank; k++)
            {
                Add(basis[(r * rank) + k], matrix.AsSpan(r * columns, columns), inner.AsSpan(k * columns, columns));
            }
        }
        for (int r = 0; r < rows; r++)
        {
            for (int k = 0; k < rank; k++)
            {
                Add(basis[(r * rank) + k], inner.AsSpan(k * columns, columns), projected.AsSpan(r * columns, columns));
            }
        }
        return projected;
    }

    /// <summary>sums += factor row; a product and a sum are rounded each.</summary>
    private static void Add(double factor, ReadOnlySpan<double> row, Span<double> sums)
    {
        int done = 0;
        var factors = new Vector<double>(factor);
        for (; done <= row.Length - Vector<double>.Count; done += Vector<double>.Count)
        {
            (new Vector<double>(sums[done..]) + (factors * new Vector<double>(row[done..]))).CopyTo(sums[done..]);
        }
        for (; done < row.Length; done++)
        {
            sums[done] += factor * row[done];
        }
    }

    private static double[] Orthonormal<T>(RandomStream stream, int rows, int columns)
        where T : unmanaged
    {
        double[] matrix = new double[rows * columns];
        if (typeof(T) == typeof(double))
        {
            HaarOrthogonal.Fill(matrix.AsSpan(), rows, columns, 1, stream);
        }
        else
        {
            float[] drawn = new float[matrix.Length];
            HaarOrthogonal.Fill(drawn.AsSpan(), rows, columns, 1, stream);
            ElementStore.Convert<float, double>(drawn, matrix);
        }
        return matrix;
    }
}
