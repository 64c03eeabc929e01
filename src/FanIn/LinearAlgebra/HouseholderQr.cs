namespace FanIn;

/// <summary>
/// A = QR with R's diagonal not negative, which is unique where A has full rank: by Householder's reflections in float64,
/// A. S. Householder, "Unitary triangularization of a nonsymmetric matrix", J. ACM 5 (1958). Every column is as accurate
/// for its own size, so that a matrix with large and small columns loses nothing.
/// </summary>
internal sealed class HouseholderQr
{
    // Columns that go through all reflections together while they stay in the second-level cache.
    private const int PanelWidth = 16;

    private readonly int _rows;
    private readonly int _columns;

    // A column after the other, its reflection v (of v^T v = 2) from the diagonal down, R above; then R's diagonal.
    private readonly double[] _reflections;
    private readonly double[] _diagonal;

    /// <summary>Factors a matrix of at least as many rows as columns, given column by column; takes its memory.</summary>
    public HouseholderQr(double[] matrix, int rows, int columns)
    {
        (_reflections, _rows, _columns) = (matrix, rows, columns);
        _diagonal = new double[columns];
        for (var start = 0; start < columns; start += PanelWidth)
        {
            var panel = start;
            var end = Math.Min(start + PanelWidth, columns);
            Parallel.For(panel, end, column => ApplyForward(column, 0, panel));
            for (var column = panel; column < end; column++)
            {
                ApplyForward(column, panel, column);
                _diagonal[column] = Reflect(Column(_reflections, column)[column..]);
            }
        }
    }

    /// <summary>Q, column by column: orthonormal columns, also where A is singular.</summary>
    public double[] Q() => Q(zeroSign: 1);

    /// <summary>
    /// Q as a product with the signs of R's diagonal gives it: where that is exactly 0, the column of Q is 0.
    /// </summary>
    public double[] QWithSigns() => Q(zeroSign: 0);

    /// <summary>R, column by column: columns x columns, zero below the diagonal.</summary>
    public double[] R()
    {
        var r = new double[(long)_columns * _columns];
        for (var j = 0; j < _columns; j++)
        {
            for (var i = 0; i < j; i++)
            {
                r[(j * _columns) + i] = SignOf(i, 1) * _reflections[(j * _rows) + i];
            }
            r[(j * _columns) + j] = Math.Abs(_diagonal[j]);
        }
        return r;
    }

    /// <summary>Q X for X of as many rows as A has columns, both column by column.</summary>
    public double[] Multiply(double[] x)
    {
        var count = _columns == 0 ? 0 : x.Length / _columns;
        var product = new double[(long)count * _rows];
        ForPanels(
            count,
            (start, end) =>
            {
                for (var column = start; column < end; column++)
                {
                    var to = Column(product, column);
                    for (var i = 0; i < _columns; i++)
                    {
                        to[i] = SignOf(i, 1) * x[(column * _columns) + i];
                    }
                }
                for (var k = _columns - 1; k >= 0; k--)
                {
                    for (var column = start; column < end; column++)
                    {
                        Apply(k, Column(product, column));
                    }
                }
            }
        );
        return product;
    }

    private double[] Q(double zeroSign)
    {
        var q = new double[_reflections.Length];
        ForPanels(
            _columns,
            (start, end) =>
            {
                for (var column = start; column < end; column++)
                {
                    q[((long)column * _rows) + column] = SignOf(column, zeroSign);
                }
                for (var k = end - 1; k >= 0; k--)
                {
                    // A reflection leaves the unit vectors before its own as they are.
                    for (var column = Math.Max(start, k); column < end; column++)
                    {
                        Apply(k, Column(q, column));
                    }
                }
            }
        );
        return q;
    }

    private static void ForPanels(int columns, Action<int, int> work) =>
        Parallel.For(
            0,
            (columns + PanelWidth - 1) / PanelWidth,
            panel => work(panel * PanelWidth, Math.Min((panel + 1) * PanelWidth, columns))
        );

    private double SignOf(int k, double zeroSign) => _diagonal[k] == 0.0 ? zeroSign : Math.Sign(_diagonal[k]);

    private Span<double> Column(double[] matrix, int column) => matrix.AsSpan(column * _rows, _rows);

    private void ApplyForward(int column, int from, int to)
    {
        for (var k = from; k < to; k++)
        {
            Apply(k, Column(_reflections, column));
        }
    }

    /// <summary>x - v (v^T x), below the first k elements.</summary>
    private void Apply(int k, Span<double> x)
    {
        ReadOnlySpan<double> v = Column(_reflections, k)[k..];
        x = x[k..];
        VectorKernel.AddScaled(x, v, -VectorKernel.Dot(v, x));
    }

    /// <summary>Makes a vector its own reflection onto the first axis, and gives where on the axis it came to lie.</summary>
    private static double Reflect(Span<double> x)
    {
        var norm = Math.Sqrt(VectorKernel.Dot(x, x));
        if (norm == 0.0)
        {
            return 0.0;
        }
        var end = Math.CopySign(norm, -x[0]);
        x[0] -= end;
        // v^T v before scaling is 2 norm (norm + |x0|).
        var scale = 1.0 / Math.Sqrt(norm * Math.Abs(x[0]));
        foreach (ref var value in x)
        {
            value *= scale;
        }
        return end;
    }
}
