namespace FanIn.Tests;

/// <summary>Matrices by the school's formulas, column by column.</summary>
internal static class Dense
{
    /// <summary>The largest element of Q^T Q - I in size.</summary>
    public static double Orthogonality(double[] q, int rows, int columns)
    {
        var worst = 0.0;
        for (var a = 0; a < columns; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = a == b ? -1.0 : 0.0;
                for (var i = 0; i < rows; i++)
                {
                    sum += q[(a * rows) + i] * q[(b * rows) + i];
                }
                worst = Math.Max(worst, Math.Abs(sum));
            }
        }
        return worst;
    }

    public static double[] Multiply(double[] a, double[] b, int rows, int steps, int columns)
    {
        var product = new double[rows * columns];
        for (var j = 0; j < columns; j++)
        {
            for (var t = 0; t < steps; t++)
            {
                for (var i = 0; i < rows; i++)
                {
                    product[(j * rows) + i] += a[(t * rows) + i] * b[(j * steps) + t];
                }
            }
        }
        return product;
    }
}
