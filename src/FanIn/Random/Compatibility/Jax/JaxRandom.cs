using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// The draws of <c>jax.random</c> with one key. As in JAX they are functions of the key: every fill of the same length
/// begins anew and has the same values; for other values take another key (<see cref="JaxKey.Split"/>).
/// </summary>
/// <remarks>
/// Bits and uniforms on [0, 1) are exact on every platform. A uniform on another interval is JAX's on a CPU that fuses
/// products and sums, else within 1 ulp. Normals and truncated normals agree to 1e-6, beyond 3 sigma to 3e-5: XLA's
/// logarithm and its fusing decide their last bits. Orthogonal matrices agree to about 1e-5. float64 values are those of
/// JAX with <c>jax_enable_x64</c>; there normals take the exact inverse of erf, which XLA approximates.
/// </remarks>
[SuppressMessage("ApiDesign", "RS0026", Justification = "The overloads differ in their first, required parameter.")]
public sealed class JaxRandom : FrameworkRandom
{
    private const float SqrtTwo = 1.41421356f;
    private const double SqrtTwoDouble = 1.4142135623730951;

    private readonly bool _partitionable;

    /// <summary>The draws of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="partitionable">
    /// The setting <c>jax_threefry_partitionable</c>: true from JAX 0.5.0 on, false before unless it was set.
    /// </param>
    public JaxRandom(JaxKey key, bool partitionable = true) => (Key, _partitionable) = (key, partitionable);

    /// <summary>The key.</summary>
    public JaxKey Key { get; }

    /// <summary>Random words: <c>bits(key, (n,), uint32)</c>. Exact.</summary>
    /// <param name="destination">Gets the words.</param>
    public void FillBits(Span<uint> destination)
    {
        if (_partitionable)
        {
            for (var i = 0; i < destination.Length; i++)
            {
                var (first, second) = Key.Block(0, (uint)i);
                destination[i] = first ^ second;
            }
            return;
        }
        // The counters' first half goes with the second, to which a 0 is added where it is shorter.
        var half = (destination.Length + 1) / 2;
        for (var i = 0; i < half; i++)
        {
            var other = i + half;
            var inside = other < destination.Length;
            var (first, second) = Key.Block((uint)i, inside ? (uint)other : 0);
            destination[i] = first;
            if (inside)
            {
                destination[other] = second;
            }
        }
    }

    /// <summary>Random long words: <c>bits(key, (n,), uint64)</c> with <c>jax_enable_x64</c>. Exact.</summary>
    /// <param name="destination">Gets the words.</param>
    public void FillBits(Span<ulong> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            var (first, second) = _partitionable
                ? Key.Block(0, (uint)i)
                : Key.Block((uint)i, (uint)i + (uint)destination.Length);
            destination[i] = ((ulong)first << 32) | second;
        }
    }

    /// <summary>Uniform values on [low, high): <c>uniform(key, (n,), float32, low, high)</c>.</summary>
    /// <param name="destination">Gets the values.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end; as in JAX rounding may reach it.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// An end or the width is not finite in the element type, or low is above high.
    /// </exception>
    public void FillUniform(Span<float> destination, double low = 0, double high = 1)
    {
        RandomArguments.CheckInterval(low, high);
        var first = RandomArguments.CheckFinite(low, nameof(low));
        var last = RandomArguments.CheckFinite(high, nameof(high));
        RandomArguments.CheckFinite((double)last - first, "high - low");
        Uniform(destination, first, last);
    }

    /// <inheritdoc cref="FillUniform(Span{float}, double, double)"/>
    public void FillUniform(Span<double> destination, double low = 0, double high = 1)
    {
        RandomArguments.CheckInterval(low, high);
        RandomArguments.CheckFiniteDouble(high - low, "high - low");
        Uniform(destination, low, high);
    }

    /// <summary>Normal values: <c>normal(key, (n,), float32) * std + mean</c>.</summary>
    /// <param name="destination">Gets the values.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="std">The standard deviation.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Mean or std is not finite in the element type, or std is negative.
    /// </exception>
    public void FillNormal(Span<float> destination, double mean = 0, double std = 1)
    {
        var (shift, scale) = CheckNormal(mean, std);
        Uniform(destination, MathF.BitIncrement(-1f), 1f);
        foreach (ref var value in destination)
        {
            value = (SqrtTwo * JaxErfInv.Of(value) * scale) + shift;
        }
    }

    /// <inheritdoc cref="FillNormal(Span{float}, double, double)"/>
    public void FillNormal(Span<double> destination, double mean = 0, double std = 1)
    {
        CheckNormalDouble(mean, std);
        Uniform(destination, Math.BitIncrement(-1.0), 1.0);
        foreach (ref var value in destination)
        {
            value = (SqrtTwoDouble * ErrorFunction.Inverse(value) * std) + mean;
        }
    }

    /// <summary>
    /// Normal values cut at low and high, in units of std: <c>truncated_normal(key, low, high, (n,), float32) * std + mean</c>.
    /// </summary>
    /// <param name="destination">Gets the values.</param>
    /// <param name="mean">The mean before the cut.</param>
    /// <param name="std">The standard deviation before the cut.</param>
    /// <param name="low">The lower end; may be infinite.</param>
    /// <param name="high">The upper end, above the lower; may be infinite.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Mean or std is not finite in the element type, or std is negative.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// Low is not below high in the element type, or the cut is so far out that JAX's arithmetic finds nothing in it.
    /// </exception>
    public void FillTruncatedNormal(
        Span<float> destination,
        double mean = 0,
        double std = 1,
        double low = -2,
        double high = 2
    )
    {
        var (shift, scale) = CheckNormal(mean, std);
        var (first, last) = ((float)low, (float)high);
        CheckCut(first, last);
        var (from, to) = ((float)ErrorFunction.Erf(first / SqrtTwo), (float)ErrorFunction.Erf(last / SqrtTwo));
        CheckMass<SingleGrid>(low, high, from, to);
        Uniform(destination, from, to);
        var (least, largest) = (MathF.BitIncrement(first), MathF.BitDecrement(last));
        foreach (ref var value in destination)
        {
            value = (Math.Clamp(SqrtTwo * JaxErfInv.Of(value), least, largest) * scale) + shift;
        }
    }

    /// <inheritdoc cref="FillTruncatedNormal(Span{float}, double, double, double, double)"/>
    public void FillTruncatedNormal(
        Span<double> destination,
        double mean = 0,
        double std = 1,
        double low = -2,
        double high = 2
    )
    {
        CheckNormalDouble(mean, std);
        CheckCut(low, high);
        var (from, to) = (ErrorFunction.Erf(low / SqrtTwoDouble), ErrorFunction.Erf(high / SqrtTwoDouble));
        CheckMass<DoubleGrid>(low, high, from, to);
        Uniform(destination, from, to);
        var (least, largest) = (Math.BitIncrement(low), Math.BitDecrement(high));
        foreach (ref var value in destination)
        {
            value = (Math.Clamp(SqrtTwoDouble * ErrorFunction.Inverse(value), least, largest) * std) + mean;
        }
    }

    /// <summary>
    /// A row-major matrix with orthonormal columns, or rows where there are fewer of them:
    /// <c>jax.nn.initializers.orthogonal(gain)(key, (rows, columns), float32)</c>.
    /// </summary>
    /// <param name="destination">Gets the matrix.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The length of a row.</param>
    /// <param name="gain">What Q is multiplied by.</param>
    /// <exception cref="ArgumentException">The length is not rows times columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The gain is not finite in the element type.</exception>
    public void FillOrthogonal(Span<float> destination, int rows, int columns, double gain = 1)
    {
        TallOrthogonal.Check(destination.Length, rows, columns);
        var factor = RandomArguments.CheckFinite(gain, nameof(gain));
        FillNormal(destination);
        TallOrthogonal.Apply(destination, rows, columns, factor);
    }

    /// <inheritdoc cref="FillOrthogonal(Span{float}, int, int, double)"/>
    public void FillOrthogonal(Span<double> destination, int rows, int columns, double gain = 1)
    {
        TallOrthogonal.Check(destination.Length, rows, columns);
        RandomArguments.CheckFiniteDouble(gain, nameof(gain));
        FillNormal(destination);
        TallOrthogonal.Apply(destination, rows, columns, gain);
    }

    /// <summary>The name that messages use.</summary>
    public override string ToString() => "JAX's Threefry";

    // Intervals around 0 as in jax.nn.initializers: uniform(key, minval=-1) * high.
    internal override void FillUniform<T>(Span<T> destination, double low, double high)
    {
        if (typeof(T) == typeof(double))
        {
            var doubles = MemoryMarshal.Cast<T, double>(destination);
            if (low != -high)
            {
                FillUniform(doubles, low, high);
                return;
            }
            RandomArguments.CheckInterval(low, high);
            Uniform(doubles, -1.0, 1.0);
            foreach (ref var value in doubles)
            {
                value *= high;
            }
            return;
        }
        var singles = UnsupportedDraw.Singles(this, destination);
        if (low != -high)
        {
            FillUniform(singles, low, high);
            return;
        }
        RandomArguments.CheckInterval(low, high);
        var factor = RandomArguments.CheckFinite(high, nameof(high));
        Uniform(singles, -1f, 1f);
        foreach (ref var value in singles)
        {
            value *= factor;
        }
    }

    internal override void FillNormal<T>(Span<T> destination, double mean, double std)
    {
        if (typeof(T) == typeof(double))
        {
            FillNormal(MemoryMarshal.Cast<T, double>(destination), mean, std);
        }
        else
        {
            FillNormal(UnsupportedDraw.Singles(this, destination), mean, std);
        }
    }

    internal override void FillTruncatedNormal<T>(Span<T> destination, double mean, double std, double low, double high)
    {
        if (typeof(T) == typeof(double))
        {
            FillTruncatedNormal(MemoryMarshal.Cast<T, double>(destination), mean, std, low, high);
        }
        else
        {
            FillTruncatedNormal(UnsupportedDraw.Singles(this, destination), mean, std, low, high);
        }
    }

    internal override void FillOrthogonal<T>(Span<T> destination, int rows, int columns, double gain)
    {
        if (typeof(T) == typeof(double))
        {
            FillOrthogonal(MemoryMarshal.Cast<T, double>(destination), rows, columns, gain);
        }
        else
        {
            FillOrthogonal(UnsupportedDraw.Singles(this, destination), rows, columns, gain);
        }
    }

    private void Uniform(Span<float> destination, float low, float high)
    {
        var bits = MemoryMarshal.Cast<float, uint>(destination);
        FillBits(bits);
        var range = high - low;
        for (var i = 0; i < bits.Length; i++)
        {
            var unit = BitConverter.UInt32BitsToSingle((bits[i] >> 9) | 0x3F800000) - 1f;
            destination[i] = MathF.Max(low, MathF.FusedMultiplyAdd(unit, range, low));
        }
    }

    private void Uniform(Span<double> destination, double low, double high)
    {
        var bits = MemoryMarshal.Cast<double, ulong>(destination);
        FillBits(bits);
        var range = high - low;
        for (var i = 0; i < bits.Length; i++)
        {
            var unit = BitConverter.UInt64BitsToDouble((bits[i] >> 12) | 0x3FF0000000000000) - 1.0;
            destination[i] = Math.Max(low, Math.FusedMultiplyAdd(unit, range, low));
        }
    }

    private static (float Mean, float Std) CheckNormal(double mean, double std)
    {
        RandomArguments.CheckStd(std);
        return (RandomArguments.CheckFinite(mean, nameof(mean)), RandomArguments.CheckFinite(std, nameof(std)));
    }

    private static void CheckNormalDouble(double mean, double std)
    {
        RandomArguments.CheckFiniteDouble(mean, nameof(mean));
        RandomArguments.CheckStd(std);
    }

    private static void CheckCut(double low, double high)
    {
        if (!(low < high))
        {
            throw RandomArguments.Invalid(nameof(low), $"The cut [{low}, {high}] is empty: low must be below high.");
        }
    }

    /// <summary>Where the ends have the same erf, JAX would give every element the same value.</summary>
    private static void CheckMass<TGrid>(double low, double high, double from, double to)
        where TGrid : struct, INumberGrid
    {
        if (from == to)
        {
            throw RandomArguments.Invalid(
                nameof(low),
                $"The cut [{low}, {high}] holds none of the normal's mass as JAX computes it, in {TGrid.Name} from erf at its ends: move one end nearer to the mean, or draw from FanIn's own streams."
            );
        }
    }
}
