using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FanIn;

/// <summary>
/// Sums, multiples and rotations of float64 vectors. Sums run in eight lanes on every machine, and every product is
/// fused, so that the bits depend on neither its vectors nor its cores.
/// </summary>
internal static class VectorKernel
{
    private const int Half = 4;
    private const int Lanes = 2 * Half;

    /// <summary>The inner product; b is at least as long as a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var left = ref MemoryMarshal.GetReference(a);
        ref var right = ref MemoryMarshal.GetReference(b[..a.Length]);
        var (even0, even1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (odd0, odd1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        nuint i = 0;
        for (; (int)i <= a.Length - (2 * Lanes); i += 2 * Lanes)
        {
            even0 = MultiplyAdd(ref left, ref right, i, even0);
            even1 = MultiplyAdd(ref left, ref right, i + Half, even1);
            odd0 = MultiplyAdd(ref left, ref right, i + Lanes, odd0);
            odd1 = MultiplyAdd(ref left, ref right, i + Lanes + Half, odd1);
        }
        var sum = Sum(even0 + odd0 + (even1 + odd1));
        for (; (int)i < a.Length; i++)
        {
            sum = Math.FusedMultiplyAdd(Unsafe.Add(ref left, i), Unsafe.Add(ref right, i), sum);
        }
        return sum;
    }

    /// <summary>x += factor v; v is at least as long as x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(Span<double> x, ReadOnlySpan<double> v, double factor)
    {
        ref var to = ref MemoryMarshal.GetReference(x);
        ref var from = ref MemoryMarshal.GetReference(v[..x.Length]);
        var factors = Vector256.Create(factor);
        nuint i = 0;
        for (; (int)i <= x.Length - Half; i += Half)
        {
            var sum = Vector256.FusedMultiplyAdd(
                Vector256.LoadUnsafe(ref from, i),
                factors,
                Vector256.LoadUnsafe(ref to, i)
            );
            sum.StoreUnsafe(ref to, i);
        }
        for (; (int)i < x.Length; i++)
        {
            ref var place = ref Unsafe.Add(ref to, i);
            place = Math.FusedMultiplyAdd(Unsafe.Add(ref from, i), factor, place);
        }
    }

    /// <summary>
    /// Turns two vectors of one length by an angle of at most 45 degrees, (x, y) = (c x - s y, s x + c y), and gives the
    /// sums of squares of what they have become. Where they are to change places, the first gets what y has become.
    /// </summary>
    /// <param name="x">The first.</param>
    /// <param name="y">The second.</param>
    /// <param name="s">The sine.</param>
    /// <param name="tau">
    /// s / (1 + c): x - s (y + tau x) is what rounds least where the angle is small, after H. Rutishauser, "The Jacobi method
    /// for real symmetric matrices", Numer. Math. 9 (1966).
    /// </param>
    /// <param name="exchange">Whether they change places.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double First, double Second) Rotate(
        Span<double> x,
        Span<double> y,
        double s,
        double tau,
        bool exchange
    )
    {
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(y[..x.Length]);
        ref var first = ref exchange ? ref right : ref left;
        ref var second = ref exchange ? ref left : ref right;
        var (sines, negative, taus) = (Vector256.Create(s), Vector256.Create(-s), Vector256.Create(tau));
        var (xx0, xx1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (yy0, yy1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        nuint i = 0;
        for (; (int)i <= x.Length - Lanes; i += Lanes)
        {
            var (a, b) = (Vector256.LoadUnsafe(ref left, i), Vector256.LoadUnsafe(ref right, i));
            var turned = Vector256.FusedMultiplyAdd(negative, Vector256.FusedMultiplyAdd(taus, a, b), a);
            turned.StoreUnsafe(ref first, i);
            xx0 = Vector256.FusedMultiplyAdd(turned, turned, xx0);
            turned = Vector256.FusedMultiplyAdd(sines, a - (taus * b), b);
            turned.StoreUnsafe(ref second, i);
            yy0 = Vector256.FusedMultiplyAdd(turned, turned, yy0);

            (a, b) = (Vector256.LoadUnsafe(ref left, i + Half), Vector256.LoadUnsafe(ref right, i + Half));
            turned = Vector256.FusedMultiplyAdd(negative, Vector256.FusedMultiplyAdd(taus, a, b), a);
            turned.StoreUnsafe(ref first, i + Half);
            xx1 = Vector256.FusedMultiplyAdd(turned, turned, xx1);
            turned = Vector256.FusedMultiplyAdd(sines, a - (taus * b), b);
            turned.StoreUnsafe(ref second, i + Half);
            yy1 = Vector256.FusedMultiplyAdd(turned, turned, yy1);
        }
        var (xx, yy) = (Sum(xx0 + xx1), Sum(yy0 + yy1));
        for (; (int)i < x.Length; i++)
        {
            var (a, b) = (Unsafe.Add(ref left, i), Unsafe.Add(ref right, i));
            var turnedX = Math.FusedMultiplyAdd(-s, Math.FusedMultiplyAdd(tau, a, b), a);
            var turnedY = Math.FusedMultiplyAdd(s, a - (tau * b), b);
            Unsafe.Add(ref first, i) = turnedX;
            Unsafe.Add(ref second, i) = turnedY;
            xx = Math.FusedMultiplyAdd(turnedX, turnedX, xx);
            yy = Math.FusedMultiplyAdd(turnedY, turnedY, yy);
        }
        return exchange ? (yy, xx) : (xx, yy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> MultiplyAdd(ref double left, ref double right, nuint i, Vector256<double> sum) =>
        Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref left, i), Vector256.LoadUnsafe(ref right, i), sum);

    private static double Sum(Vector256<double> four)
    {
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }
}
