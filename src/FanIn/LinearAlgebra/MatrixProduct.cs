namespace FanIn;

/// <summary>
/// Products of float64 matrices by the kernel of <see cref="PanelKernel"/>: every element is one chain of fused
/// multiply-adds in the order of the inner index, whatever the threads and the processor.
/// </summary>
internal static unsafe class MatrixProduct
{
    private const int Strip = PanelKernel.Strip;

    // Steps whose part of a panel stays in the first-level cache while all strips go over it.
    private const int StepsInCache = 256;

    private static readonly int s_width = PanelKernel.Width<double>();

    /// <summary>A B for A of rows x steps and B of steps x columns, all column by column.</summary>
    public static double[] Of(double[] a, double[] b, int rows, int steps, int columns) =>
        Of(a, 1, rows, b, rows, steps, columns);

    /// <summary>A^T B for A of steps x rows and B of steps x columns, all column by column.</summary>
    public static double[] OfTransposed(double[] a, double[] b, int rows, int steps, int columns) =>
        Of(a, steps, 1, b, rows, steps, columns);

    /// <summary>The element of A in row i and step t is a[i byRow + t byStep].</summary>
    private static double[] Of(double[] a, int byRow, int byStep, double[] b, int rows, int steps, int columns)
    {
        var strips = (rows + Strip - 1) / Strip;
        var product = new double[(long)rows * columns];
        var packed = new double[(long)strips * Strip * steps];
        Parallel.For(
            0,
            strips,
            strip =>
            {
                var to = packed.AsSpan(strip * Strip * steps, Strip * steps);
                var count = Math.Min(Strip, rows - (strip * Strip));
                for (var t = 0; t < steps; t++)
                {
                    for (var r = 0; r < count; r++)
                    {
                        to[(t * Strip) + r] = a[(((strip * Strip) + r) * byRow) + (t * byStep)];
                    }
                }
            }
        );
        Parallel.For(
            0,
            (columns + s_width - 1) / s_width,
            panel =>
                FillPanel(
                    packed,
                    b,
                    product,
                    panel * s_width,
                    rows,
                    steps,
                    Math.Min(s_width, columns - (panel * s_width))
                )
        );
        return product;
    }

    private static void FillPanel(
        double[] packed,
        double[] b,
        double[] product,
        int first,
        int rows,
        int steps,
        int count
    )
    {
        var strips = (rows + Strip - 1) / Strip;
        var panel = new double[steps * s_width];
        var tiles = new double[strips * Strip * s_width];
        for (var c = 0; c < count; c++)
        {
            var column = b.AsSpan((first + c) * steps, steps);
            for (var t = 0; t < steps; t++)
            {
                panel[(t * s_width) + c] = column[t];
            }
        }
        fixed (
            double* left = packed,
                right = panel,
                sums = tiles
        )
        {
            for (var t = 0; t < steps; t += StepsInCache)
            {
                for (nint strip = 0; strip < strips; strip++)
                {
                    PanelKernel.MultiplyAdd(
                        left + (((strip * steps) + t) * Strip),
                        right + (t * s_width),
                        sums + (strip * Strip * s_width),
                        Math.Min(StepsInCache, steps - t)
                    );
                }
            }
        }
        for (var c = 0; c < count; c++)
        {
            var column = product.AsSpan((first + c) * rows, rows);
            for (var i = 0; i < rows; i++)
            {
                column[i] = tiles[(i * s_width) + c];
            }
        }
    }
}
