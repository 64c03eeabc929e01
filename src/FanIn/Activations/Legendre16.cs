namespace FanIn;

/// <summary>
/// Polynomials of degree 15 on [-1, 1] by their values at the 16 nodes of Gauss and Legendre's rule, which integrates
/// their products exactly: the rule, the derivative at the nodes, and the coefficients in Legendre polynomials.
/// </summary>
internal static class Legendre16
{
    public const int Count = 16;

    /// <summary>The coefficients that tell whether a function is resolved: the last three.</summary>
    public const int Tail = 3;

    /// <summary>A point between the nodes, where an interpolant that only seems to fit is found out.</summary>
    public const double CheckPoint = 0.19;

    // The upper half; the rule is symmetric.
    private static ReadOnlySpan<double> UpperNodes =>
        [
            0.09501250983763744,
            0.2816035507792589,
            0.45801677765722737,
            0.6178762444026438,
            0.755404408355003,
            0.8656312023878318,
            0.9445750230732326,
            0.9894009349916499,
        ];

    private static ReadOnlySpan<double> UpperWeights =>
        [
            0.1894506104550685,
            0.18260341504492358,
            0.16915651939500254,
            0.14959598881657674,
            0.12462897125553388,
            0.09515851168249279,
            0.062253523938647894,
            0.027152459411754096,
        ];

    private static readonly double[] s_nodes = Symmetric(UpperNodes, -1.0);
    private static readonly double[] s_weights = Symmetric(UpperWeights, 1.0);
    private static readonly double[] s_derivative = DerivativeMatrix();
    private static readonly double[] s_tail = TailMatrix();
    private static readonly double[] s_check = CheckRow();
    private static readonly double[] s_coefficients = CoefficientMatrix();

    /// <summary>In ascending order.</summary>
    public static ReadOnlySpan<double> Nodes => s_nodes;

    public static ReadOnlySpan<double> Weights => s_weights;

    /// <summary>p' at the nodes from p at the nodes.</summary>
    public static void Differentiate(ReadOnlySpan<double> values, Span<double> derivative)
    {
        for (int i = 0; i < Count; i++)
        {
            derivative[i] = Dot(s_derivative.AsSpan(i * Count, Count), values);
        }
    }

    /// <summary>The integral of the square of p's last three Legendre terms.</summary>
    public static double TailEnergy(ReadOnlySpan<double> values)
    {
        double sum = 0.0;
        for (int k = 0; k < Tail; k++)
        {
            double coefficient = Dot(s_tail.AsSpan(k * Count, Count), values);
            sum += coefficient * coefficient;
        }
        return sum;
    }

    /// <summary>p at <see cref="CheckPoint"/>.</summary>
    public static double AtCheckPoint(ReadOnlySpan<double> values) => Dot(s_check, values);

    /// <summary>The coefficients of p in the Legendre polynomials P_0 ... P_15, which are 1 at 1.</summary>
    public static void Coefficients(ReadOnlySpan<double> values, Span<double> coefficients)
    {
        for (int k = 0; k < Count; k++)
        {
            coefficients[k] = Dot(s_coefficients.AsSpan(k * Count, Count), values);
        }
    }

    /// <summary>
    /// From coefficients in Legendre polynomials those in powers of x, which lose few digits where the former fall off.
    /// </summary>
    public static void ToPowers(ReadOnlySpan<double> legendre, Span<double> powers)
    {
        // Clenshaw's recurrence on whole polynomials.
        Span<double> next = stackalloc double[Count + 1];
        Span<double> afterNext = stackalloc double[Count + 1];
        Span<double> current = stackalloc double[Count + 1];
        next.Clear();
        afterNext.Clear();
        for (int k = Count - 1; k >= 0; k--)
        {
            double alpha = ((2 * k) + 1.0) / (k + 1);
            double beta = (k + 1.0) / (k + 2);
            for (int m = 0; m < Count; m++)
            {
                current[m] = (m == 0 ? legendre[k] : alpha * next[m - 1]) - (beta * afterNext[m]);
            }
            next.CopyTo(afterNext);
            current.CopyTo(next);
        }
        next[..Count].CopyTo(powers);
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0.0;
        for (int i = 0; i < Count; i++)
        {
            sum = Math.FusedMultiplyAdd(a[i], b[i], sum);
        }
        return sum;
    }

    private static double[] Symmetric(ReadOnlySpan<double> upper, double sign)
    {
        double[] all = new double[Count];
        for (int i = 0; i < upper.Length; i++)
        {
            all[upper.Length + i] = upper[i];
            all[upper.Length - 1 - i] = sign * upper[i];
        }
        return all;
    }

    /// <summary>The barycentric weights 1 / product of (x_i - x_j).</summary>
    private static double[] Barycentric()
    {
        double[] weights = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            double product = 1.0;
            for (int j = 0; j < Count; j++)
            {
                product *= i == j ? 1.0 : s_nodes[i] - s_nodes[j];
            }
            weights[i] = 1.0 / product;
        }
        return weights;
    }

    private static double[] DerivativeMatrix()
    {
        double[] barycentric = Barycentric();
        double[] matrix = new double[Count * Count];
        for (int i = 0; i < Count; i++)
        {
            double diagonal = 0.0;
            for (int j = 0; j < Count; j++)
            {
                if (i != j)
                {
                    double entry = barycentric[j] / barycentric[i] / (s_nodes[i] - s_nodes[j]);
                    matrix[(i * Count) + j] = entry;
                    diagonal -= entry;
                }
            }
            matrix[(i * Count) + i] = diagonal;
        }
        return matrix;
    }

    /// <summary>Rows that give the coefficients in orthonormal Legendre polynomials.</summary>
    private static double[] TailMatrix()
    {
        double[] matrix = new double[Tail * Count];
        for (int i = 0; i < Count; i++)
        {
            (double before, double current) = (1.0, s_nodes[i]);
            for (int k = 1; k < Count; k++)
            {
                if (k >= Count - Tail)
                {
                    matrix[((k - Count + Tail) * Count) + i] = s_weights[i] * current * Math.Sqrt(k + 0.5);
                }
                (before, current) = (current, ((((2 * k) + 1) * s_nodes[i] * current) - (k * before)) / (k + 1));
            }
        }
        return matrix;
    }

    /// <summary>Rows that give the coefficients in Legendre polynomials.</summary>
    private static double[] CoefficientMatrix()
    {
        double[] matrix = new double[Count * Count];
        for (int i = 0; i < Count; i++)
        {
            (double before, double current) = (0.0, 1.0);
            for (int k = 0; k < Count; k++)
            {
                matrix[(k * Count) + i] = s_weights[i] * current * (k + 0.5);
                (before, current) = (current, ((((2 * k) + 1) * s_nodes[i] * current) - (k * before)) / (k + 1));
            }
        }
        return matrix;
    }

    private static double[] CheckRow()
    {
        double[] row = Barycentric();
        double sum = 0.0;
        for (int i = 0; i < Count; i++)
        {
            row[i] /= CheckPoint - s_nodes[i];
            sum += row[i];
        }
        return [.. row.Select(weight => weight / sum)];
    }
}
