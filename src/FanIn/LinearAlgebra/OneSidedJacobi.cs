namespace FanIn;

/// <summary>
/// Rotates the columns of a square matrix X, two by two, until all are orthogonal: X V = U diag(S). Every sweep takes all
/// pairs: first those within blocks of columns, then the pairs of blocks as in a tournament, in rounds whose games don't
/// share a block and so can be played at the same time, in any order, with the same outcome.
/// </summary>
internal sealed class OneSidedJacobi
{
    // Two blocks of a matrix of 1000 rows, and of V, stay in the second-level cache.
    private const int BlockWidth = 16;

    // Convergence is quadratic: some 10 sweeps are much already.
    private const int MaxSweeps = 60;

    // A smaller square norm has lost digits to underflow.
    private const double Negligible = 1e-290;

    private readonly int _n;
    private readonly double[] _x;
    private readonly double[] _v;
    private readonly double[] _squares;
    private readonly double _tolerance;
    private int _rotations;

    /// <summary>Takes a matrix of n x n, column by column, and its memory.</summary>
    public OneSidedJacobi(double[] matrix, int n)
    {
        (_x, _n) = (matrix, n);
        _v = new double[matrix.Length];
        _squares = new double[n];
        for (var j = 0; j < n; j++)
        {
            _v[(j * n) + j] = 1;
            _squares[j] = VectorKernel.Dot(X(j), X(j));
        }
        // What the rounding of an inner product of n terms amounts to.
        _tolerance = Math.Sqrt(n) * 2.220446049250313e-16;
    }

    /// <summary>Rotates until no pair is farther from a right angle than rounding can tell.</summary>
    public void Run()
    {
        var blocks = (_n + BlockWidth - 1) / BlockWidth;
        // An odd number of blocks plays with one that is empty.
        var seats = blocks + (blocks & 1);
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            _rotations = 0;
            Parallel.For(0, blocks, RotateWithin);
            for (var round = 0; round < seats - 1; round++)
            {
                var turn = round;
                Parallel.For(0, seats / 2, game => RotateBetween(Pairing(game, turn, seats)));
            }
            if (_rotations == 0)
            {
                return;
            }
        }
        throw new ArithmeticException($"The columns aren't orthogonal after {MaxSweeps} sweeps of Jacobi's rotations.");
    }

    /// <summary>U, S and V, by falling S; columns of U for singular values 0 are whatever completes it.</summary>
    public Svd Result()
    {
        var order = Enumerable.Range(0, _n).OrderByDescending(j => _squares[j]).ToArray();
        var (u, s, v) = (new double[_x.Length], new double[_n], new double[_x.Length]);
        for (var k = 0; k < _n; k++)
        {
            var j = order[k];
            V(j).CopyTo(v.AsSpan(k * _n));
            s[k] = _squares[j] < Negligible ? 0 : Math.Sqrt(_squares[j]);
            if (s[k] > 0)
            {
                for (var i = 0; i < _n; i++)
                {
                    u[(k * _n) + i] = _x[(j * _n) + i] / s[k];
                }
            }
        }
        var rank = Array.IndexOf(s, 0.0);
        if (rank >= 0)
        {
            new HouseholderQr([.. u], _n, _n).Q().AsSpan(rank * _n).CopyTo(u.AsSpan(rank * _n));
        }
        return new(u, s, v);
    }

    /// <summary>
    /// The blocks of a round's game by the circle method: the last block meets the one whose round it is, any other the one
    /// that sits as far from that one on the other side.
    /// </summary>
    private static (int One, int Other) Pairing(int game, int round, int seats)
    {
        var others = seats - 1;
        return game == 0 ? (others, round) : ((round + game) % others, (round - game + others) % others);
    }

    private Span<double> X(int j) => _x.AsSpan(j * _n, _n);

    private Span<double> V(int j) => _v.AsSpan(j * _n, _n);

    private void RotateWithin(int block)
    {
        var end = Math.Min((block + 1) * BlockWidth, _n);
        var rotations = 0;
        for (var i = block * BlockWidth; i < end; i++)
        {
            for (var j = i + 1; j < end; j++)
            {
                rotations += Rotate(i, j) ? 1 : 0;
            }
        }
        Interlocked.Add(ref _rotations, rotations);
    }

    private void RotateBetween((int One, int Other) blocks)
    {
        var (one, other) = blocks;
        var (left, right) = (Math.Min(one, other) * BlockWidth, Math.Max(one, other) * BlockWidth);
        var end = Math.Min(right + BlockWidth, _n);
        var rotations = 0;
        for (var i = left; i < left + BlockWidth; i++)
        {
            for (var j = right; j < end; j++)
            {
                rotations += Rotate(i, j) ? 1 : 0;
            }
        }
        Interlocked.Add(ref _rotations, rotations);
    }

    /// <summary>Makes two columns orthogonal, the longer one first; false where they are.</summary>
    private bool Rotate(int i, int j)
    {
        var (ii, jj) = (_squares[i], _squares[j]);
        if (ii < Negligible || jj < Negligible)
        {
            return false;
        }
        var ij = VectorKernel.Dot(X(i), X(j));
        if (Math.Abs(ij) <= _tolerance * Math.Sqrt(ii) * Math.Sqrt(jj))
        {
            return false;
        }
        // The smaller root of t^2 + 2 zeta t = 1: the rotation by less than 45 degrees.
        var zeta = (jj - ii) / (2 * ij);
        var t =
            Math.Abs(zeta) > 1e8
                ? 0.5 / zeta
                : Math.CopySign(1 / (Math.Abs(zeta) + Math.Sqrt(Math.FusedMultiplyAdd(zeta, zeta, 1))), zeta);
        var c = 1 / Math.Sqrt(Math.FusedMultiplyAdd(t, t, 1));
        var s = c * t;
        var tau = s / (1 + c);
        (_squares[i], _squares[j]) = VectorKernel.Rotate(X(i), X(j), s, tau, jj > ii);
        VectorKernel.Rotate(V(i), V(j), s, tau, jj > ii);
        return true;
    }
}
