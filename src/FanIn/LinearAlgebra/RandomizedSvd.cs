namespace FanIn;

/// <summary>
/// The first singular values and vectors of a large matrix, nearly: those of its projection on the span of A (A^T A)^q X
/// for a matrix X of independent normals, of some more columns than are wanted.
/// </summary>
/// <remarks>
/// N. Halko, P. G. Martinsson, J. A. Tropp, "Finding structure with randomness", SIAM Rev. 53 (2011), algorithms 4.4
/// and 5.1. The expected error of the approximation is at most (1 + 4 sqrt(2 min(rows, columns) / (k - 1)))^(1 / (2q + 1))
/// times the best one's for k wanted (theorem 1.2 with twice as many columns).
/// </remarks>
internal static class RandomizedSvd
{
    // More columns than wanted: 5 or 10 are the paper's advice (section 4.2).
    private const int Oversampling = 10;

    /// <summary>The first count of the decomposition of a matrix given column by column.</summary>
    /// <param name="matrix">rows x columns, finite.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="count">At most min(rows, columns).</param>
    /// <param name="powerIterations">q, 0 or more.</param>
    /// <param name="stream">Gives X column by column.</param>
    public static Svd Of(double[] matrix, int rows, int columns, int count, int powerIterations, RandomStream stream)
    {
        var width = Math.Min(count + Oversampling, Math.Min(rows, columns));
        var normals = new double[columns * width];
        stream.FillNormal(normals);
        var span = Orthonormal(MatrixProduct.Of(matrix, normals, rows, columns, width), rows, width);
        for (var i = 0; i < powerIterations; i++)
        {
            var back = Orthonormal(MatrixProduct.OfTransposed(matrix, span, columns, rows, width), columns, width);
            span = Orthonormal(MatrixProduct.Of(matrix, back, rows, columns, width), rows, width);
        }
        // A is nearly Q (A^T Q)^T, and A^T Q = U' S V'^T.
        var (right, s, left) = Svd.Of(MatrixProduct.OfTransposed(matrix, span, columns, rows, width), columns, width);
        return new Svd(MatrixProduct.Of(span, left, rows, width, width), s, right).Truncated(count);
    }

    private static double[] Orthonormal(double[] matrix, int rows, int columns) =>
        new HouseholderQr(matrix, rows, columns).Q();
}
