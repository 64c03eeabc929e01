namespace FanIn;

/// <summary>
/// The thin singular value decomposition A = U diag(S) V^T of a rows x columns matrix with k = min(rows, columns) singular
/// values, or the first of them: S falling, U's and V's columns orthonormal, also those of singular values 0.
/// </summary>
/// <remarks>
/// Columns sorted by size, A = QR, then one-sided Jacobi on R^T: its rotations give small singular values as accurately
/// as the columns of a graded matrix determine them. M. R. Hestenes, "Inversion of matrices by biorthogonalization and
/// related results", J. SIAM 6 (1958); Z. Drmac, K. Veselic, "New fast and accurate Jacobi SVD algorithm I", SIAM J. Matrix
/// Anal. Appl. 29 (2008). The order of the arithmetic is fixed: the same bits whatever the threads and the processor.
/// </remarks>
/// <param name="U">rows x k, column by column.</param>
/// <param name="S">The k singular values. What is below 1e-145 of the largest is 0.</param>
/// <param name="V">columns x k, column by column.</param>
internal sealed record Svd(double[] U, double[] S, double[] V)
{
    /// <summary>Decomposes a matrix given column by column, which is left as it is.</summary>
    /// <exception cref="ArgumentException">An element is NaN or infinite.</exception>
    public static Svd Of(ReadOnlySpan<double> matrix, int rows, int columns)
    {
        var scale = ScaleOf(matrix, rows);
        if (rows < columns)
        {
            var (u, s, v) = Of(Transposed(matrix, rows, columns), columns, rows);
            return new(v, s, u);
        }
        if (scale == 0)
        {
            return new(Identity(rows, columns), new double[columns], Identity(columns, columns));
        }
        var order = BySize(matrix, rows, columns, scale);
        var sorted = new double[matrix.Length];
        for (var j = 0; j < columns; j++)
        {
            var from = matrix.Slice(order[j] * rows, rows);
            for (var i = 0; i < rows; i++)
            {
                sorted[(j * rows) + i] = from[i] * scale;
            }
        }
        HouseholderQr qr = new(sorted, rows, columns);
        // R^T = U' S V'^T, so that A P = Q V' S U'^T.
        OneSidedJacobi jacobi = new(Transposed(qr.R(), columns, columns), columns);
        jacobi.Run();
        var (left, values, right) = jacobi.Result();
        foreach (ref var value in values.AsSpan())
        {
            value /= scale;
        }
        var unsorted = new double[left.Length];
        for (var k = 0; k < columns; k++)
        {
            for (var j = 0; j < columns; j++)
            {
                unsorted[(k * columns) + order[j]] = left[(k * columns) + j];
            }
        }
        return new(qr.Multiply(right), values, unsorted);
    }

    /// <summary>The first count singular values and vectors: of all matrices of that rank the nearest to A.</summary>
    public Svd Truncated(int count)
    {
        if (count >= S.Length)
        {
            return this;
        }
        var (rows, columns) = (U.Length / S.Length, V.Length / S.Length);
        return new(U[..(rows * count)], S[..count], V[..(columns * count)]);
    }

    /// <summary>The same elements row by row, or, of a matrix given row by row, column by column.</summary>
    public static double[] Transposed(ReadOnlySpan<double> matrix, int rows, int columns)
    {
        var transposed = new double[matrix.Length];
        for (var j = 0; j < columns; j++)
        {
            for (var i = 0; i < rows; i++)
            {
                transposed[(i * columns) + j] = matrix[(j * rows) + i];
            }
        }
        return transposed;
    }

    private static double[] Identity(int rows, int columns)
    {
        var identity = new double[rows * columns];
        for (var j = 0; j < columns; j++)
        {
            identity[(j * rows) + j] = 1;
        }
        return identity;
    }

    /// <summary>The power of two that brings the largest element to 1 .. 2, so that no square overflows; 0 for a zero matrix.</summary>
    private static double ScaleOf(ReadOnlySpan<double> matrix, int rows)
    {
        var largest = 0.0;
        for (var i = 0; i < matrix.Length; i++)
        {
            if (!double.IsFinite(matrix[i]))
            {
                throw RandomArguments.Invalid(
                    nameof(matrix),
                    $"The element in row {i % rows} and column {i / rows} is {matrix[i]}; all must be finite."
                );
            }
            largest = Math.Max(largest, Math.Abs(matrix[i]));
        }
        // 2^1023 is the largest power of two; a matrix of subnormal numbers stays a little below 1.
        return largest == 0 ? 0 : Math.ScaleB(1, Math.Min(1023, -Math.ILogB(largest)));
    }

    private static int[] BySize(ReadOnlySpan<double> matrix, int rows, int columns, double scale)
    {
        var order = new int[columns];
        var sizes = new double[columns];
        for (var j = 0; j < columns; j++)
        {
            order[j] = j;
            foreach (var value in matrix.Slice(j * rows, rows))
            {
                sizes[j] = Math.FusedMultiplyAdd(value * scale, value * scale, sizes[j]);
            }
        }
        // Equal sizes keep their order.
        Array.Sort(order, (a, b) => sizes[a] != sizes[b] ? sizes[b].CompareTo(sizes[a]) : a.CompareTo(b));
        return order;
    }
}
