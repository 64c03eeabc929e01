using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// Orthogonal matrices distributed by Haar's measure: Q = the first columns of H_0 H_1 ... D, a product of
/// Householder reflections made of independent normal vectors of shrinking length. G. W. Stewart, "The efficient
/// generation of random orthogonal matrices with an application to condition estimators", SIAM J. Numer. Anal. 17
/// (1980). The same distribution as the Q of a normal matrix with the signs of R's diagonal moved into it, without
/// the factorization.
/// </summary>
/// <remarks>
/// For k = 0, 1, ... the vector x_k has n - k normals, consumed from the stream one vector after the other;
/// v_k = x_k + s |x_k| e1 with s = sign(x_k[0]), sign(0) = +1; D_k = -s. A vector of length 1 gives D_k = s and no
/// reflection. Every sum runs in a fixed order and every update is an elementwise fused multiply-add, so that the
/// bits depend neither on threads nor on the width of the machine's vectors.
/// </remarks>
internal static class HaarOrthogonal
{
    /// <summary>
    /// Fills a row-major rows x columns matrix with gain Q: orthonormal columns where rows &gt;= columns, else
    /// orthonormal rows, the transpose of the columns x rows one.
    /// </summary>
    public static void Fill<T>(Span<T> matrix, int rows, int columns, double gain, RandomStream stream)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (matrix.Length != (long)rows * columns)
        {
            throw RandomArguments.Invalid(
                nameof(matrix),
                $"A {rows} x {columns} matrix has {(long)rows * columns} elements, the span {matrix.Length}."
            );
        }
        if (typeof(T) == typeof(float))
        {
            var gainSingle = RandomArguments.CheckFinite(gain, nameof(gain));
            FillReal(MemoryMarshal.Cast<T, float>(matrix), rows, columns, gainSingle, stream);
        }
        else if (typeof(T) == typeof(double))
        {
            RandomArguments.CheckFiniteDouble(gain, nameof(gain));
            FillReal(MemoryMarshal.Cast<T, double>(matrix), rows, columns, gain, stream);
        }
        else
        {
            throw new NotSupportedException($"Orthogonal matrices are of float or double, not {typeof(T).Name}.");
        }
    }

    private static void FillReal<T>(Span<T> matrix, int rows, int columns, T gain, RandomStream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rows >= columns)
        {
            FillTall(matrix, rows, columns, stream);
        }
        else
        {
            var tall = ArrayPool<T>.Shared.Rent(matrix.Length);
            try
            {
                FillTall(tall.AsSpan(0, matrix.Length), columns, rows, stream);
                for (var i = 0; i < rows; i++)
                {
                    for (var j = 0; j < columns; j++)
                    {
                        matrix[(i * columns) + j] = tall[(j * rows) + i];
                    }
                }
            }
            finally
            {
                ArrayPool<T>.Shared.Return(tall);
            }
        }
        foreach (ref var value in matrix)
        {
            value *= gain;
        }
    }

    /// <summary>Q for n &gt;= m, from the last reflection to the first, each on the rows and columns from k on.</summary>
    private static void FillTall<T>(Span<T> q, int n, int m, RandomStream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        q.Clear();
        if (m == 0)
        {
            return;
        }
        var scratch = ArrayPool<T>.Shared.Rent(n + m);
        try
        {
            for (var k = m - 1; k >= 0; k--)
            {
                var v = scratch.AsSpan(0, n - k);
                // x_k starts behind the n, n - 1, ..., n - k + 1 normals of the vectors before it.
                stream.FillNormal(v, 0, 1, (k * (long)n) - (k * (k - 1L) / 2));
                var sign = v[0] < T.Zero ? -T.One : T.One;
                if (v.Length == 1)
                {
                    q[(k * m) + k] = sign;
                    continue;
                }
                q[(k * m) + k] = -sign;
                Reflect(q[((k * m) + k)..], m, m - k, v, MakeReflector(v, sign), scratch.AsSpan(n, m - k));
            }
        }
        finally
        {
            ArrayPool<T>.Shared.Return(scratch);
        }
    }

    /// <summary>Turns x into v = x + sign |x| e1 and gives tau = 2 / v'v, so that H = I - tau v v'.</summary>
    private static T MakeReflector<T>(Span<T> v, T sign)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rest = 0.0;
        foreach (var value in v[1..])
        {
            var x = double.CreateTruncating(value);
            rest = Math.FusedMultiplyAdd(x, x, rest);
        }
        var first = double.CreateTruncating(v[0]);
        var norm = Math.Sqrt(Math.FusedMultiplyAdd(first, first, rest));
        v[0] = T.CreateTruncating(first + (double.CreateTruncating(sign) * norm));
        // From the rounded v, so that H is orthogonal to the last bit that tau has.
        first = double.CreateTruncating(v[0]);
        var square = Math.FusedMultiplyAdd(first, first, rest);
        return square == 0.0 ? T.Zero : T.CreateTruncating(2.0 / square);
    }

    /// <summary>Q -= v (tau v'Q) on a corner of Q with the given width, row by row.</summary>
    private static void Reflect<T>(Span<T> corner, int stride, int width, ReadOnlySpan<T> v, T tau, Span<T> products)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        products.Clear();
        for (var i = 0; i < v.Length; i++)
        {
            AddScaled(products, corner.Slice(i * stride, width), v[i]);
        }
        foreach (ref var product in products)
        {
            product *= -tau;
        }
        for (var i = 0; i < v.Length; i++)
        {
            AddScaled(corner.Slice(i * stride, width), products, v[i]);
        }
    }

    /// <summary>sum += factor values, elementwise fused: the same bits at every vector width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled<T>(Span<T> sum, ReadOnlySpan<T> values, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // The slice is the bounds check of all that follows.
        values = values[..sum.Length];
        ref var to = ref MemoryMarshal.GetReference(sum);
        ref var from = ref MemoryMarshal.GetReference(values);
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var factors = new Vector<T>(factor);
            for (; i <= sum.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                var scaled = Vector.LoadUnsafe(ref from, (nuint)i);
                FusedMultiplyAdd(scaled, factors, Vector.LoadUnsafe(ref to, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            }
        }
        for (; i < sum.Length; i++)
        {
            sum[i] = T.FusedMultiplyAdd(values[i], factor, sum[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> FusedMultiplyAdd<T>(Vector<T> left, Vector<T> right, Vector<T> addend) =>
        typeof(T) == typeof(float)
            ? Vector.FusedMultiplyAdd(left.As<T, float>(), right.As<T, float>(), addend.As<T, float>()).As<float, T>()
            : Vector
                .FusedMultiplyAdd(left.As<T, double>(), right.As<T, double>(), addend.As<T, double>())
                .As<double, T>();
}
