using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FanIn;

public sealed partial class TorchRandom
{
    // From here on PyTorch's randperm draws 64 bits an element.
    private const int LongPermutation = (int)(uint.MaxValue / 20);

    /// <summary>
    /// Normal values cut to [a, b]: <c>torch.nn.init.trunc_normal_</c>. Its uniform values are exact; the inverse error
    /// function here is correctly rounded, in PyTorch it is the math library's: at most 1 ulp apart, in at most
    /// 0.05 % of the elements.
    /// </summary>
    /// <remarks>In float64 it takes some microseconds a value.</remarks>
    /// <param name="destination">Gets the values.</param>
    /// <param name="mean">The mean before the cut.</param>
    /// <param name="std">The standard deviation before the cut; positive, since PyTorch divides by it.</param>
    /// <param name="a">The lower end as a value, not in units of std.</param>
    /// <param name="b">The upper end as a value.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Mean or std is not finite in the element type, or std is not positive.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="a"/> is not below <paramref name="b"/>, or the cut is so far out that PyTorch's arithmetic finds
    /// nothing in it.
    /// </exception>
    public void FillTruncatedNormal(
        Span<float> destination,
        double mean = 0,
        double std = 1,
        double a = -2,
        double b = 2
    )
    {
        var transform = TruncatedNormal<SingleGrid>(mean, std, a, b);
        FillUniform(destination, transform.Low, transform.High);
        transform.Apply(destination);
    }

    /// <inheritdoc cref="FillTruncatedNormal(Span{float}, double, double, double, double)"/>
    public void FillTruncatedNormal(
        Span<double> destination,
        double mean = 0,
        double std = 1,
        double a = -2,
        double b = 2
    )
    {
        var transform = TruncatedNormal<DoubleGrid>(mean, std, a, b);
        FillUniform(destination, transform.Low, transform.High);
        transform.Apply(destination);
    }

    /// <inheritdoc cref="FillTruncatedNormal(Span{float}, double, double, double, double)"/>
    public void FillTruncatedNormal(
        Span<Half> destination,
        double mean = 0,
        double std = 1,
        double a = -2,
        double b = 2
    )
    {
        var transform = TruncatedNormal<HalfGrid>(mean, std, a, b);
        FillUniform(destination, transform.Low, transform.High);
        transform.Apply<Half, TorchHalf>(destination);
    }

    /// <inheritdoc cref="FillTruncatedNormal(Span{float}, double, double, double, double)"/>
    public void FillTruncatedNormal(
        Span<BFloat16> destination,
        double mean = 0,
        double std = 1,
        double a = -2,
        double b = 2
    )
    {
        var transform = TruncatedNormal<BFloat16Grid>(mean, std, a, b);
        FillUniform(destination, transform.Low, transform.High);
        transform.Apply<BFloat16, TorchBFloat16>(destination);
    }

    /// <summary>
    /// True with the given probability: <c>bernoulli_(p)</c>. Exact where PyTorch was built without MKL or the processor is
    /// not Intel's; on Intel's it takes another generator, that of MKL.
    /// </summary>
    /// <param name="destination">Gets the values.</param>
    /// <param name="probability">The probability of true.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not within 0 .. 1.</exception>
    public void FillBernoulli(Span<bool> destination, double probability) =>
        FillBernoulli(destination, probability, true, false);

    /// <summary>1 with the given probability, else 0: <c>bernoulli_(p)</c>.</summary>
    /// <inheritdoc cref="FillBernoulli(Span{bool}, double)"/>
    public void FillBernoulli(Span<float> destination, double probability) =>
        FillBernoulli(destination, probability, 1f, 0f);

    /// <inheritdoc cref="FillBernoulli(Span{float}, double)"/>
    public void FillBernoulli(Span<double> destination, double probability) =>
        FillBernoulli(destination, probability, 1.0, 0.0);

    /// <summary>A random order of 0 .. n - 1, n being the length: <c>torch.randperm(n)</c>. Exact.</summary>
    /// <param name="destination">Gets the permutation.</param>
    public void FillPermutation(Span<long> destination) => Permute(destination);

    /// <inheritdoc cref="FillPermutation(Span{long})"/>
    public void FillPermutation(Span<int> destination) => Permute(destination);

    /// <summary>What it is.</summary>
    public override string ToString() => "PyTorch's generator";

    internal override void FillUniform<T>(Span<T> destination, double low, double high)
    {
        if (typeof(T) == typeof(float))
        {
            FillUniform(MemoryMarshal.Cast<T, float>(destination), low, high);
        }
        else if (typeof(T) == typeof(double))
        {
            FillUniform(MemoryMarshal.Cast<T, double>(destination), low, high);
        }
        else if (typeof(T) == typeof(Half))
        {
            FillUniform(MemoryMarshal.Cast<T, Half>(destination), low, high);
        }
        else
        {
            FillUniform(BFloat16s(destination), low, high);
        }
    }

    internal override void FillNormal<T>(Span<T> destination, double mean, double std)
    {
        if (typeof(T) == typeof(float))
        {
            FillNormal(MemoryMarshal.Cast<T, float>(destination), mean, std);
        }
        else if (typeof(T) == typeof(double))
        {
            FillNormal(MemoryMarshal.Cast<T, double>(destination), mean, std);
        }
        else if (typeof(T) == typeof(Half))
        {
            FillNormal(MemoryMarshal.Cast<T, Half>(destination), mean, std);
        }
        else
        {
            FillNormal(BFloat16s(destination), mean, std);
        }
    }

    internal override void FillTruncatedNormal<T>(Span<T> destination, double mean, double std, double low, double high)
    {
        var (a, b) = (mean + (low * std), mean + (high * std));
        if (typeof(T) == typeof(float))
        {
            FillTruncatedNormal(MemoryMarshal.Cast<T, float>(destination), mean, std, a, b);
        }
        else if (typeof(T) == typeof(double))
        {
            FillTruncatedNormal(MemoryMarshal.Cast<T, double>(destination), mean, std, a, b);
        }
        else if (typeof(T) == typeof(Half))
        {
            FillTruncatedNormal(MemoryMarshal.Cast<T, Half>(destination), mean, std, a, b);
        }
        else
        {
            FillTruncatedNormal(BFloat16s(destination), mean, std, a, b);
        }
    }

    internal override void FillOrthogonal<T>(Span<T> destination, int rows, int columns, double gain)
    {
        if (typeof(T) == typeof(float))
        {
            FillOrthogonal(MemoryMarshal.Cast<T, float>(destination), rows, columns, gain);
        }
        else if (typeof(T) == typeof(double))
        {
            FillOrthogonal(MemoryMarshal.Cast<T, double>(destination), rows, columns, gain);
        }
        else
        {
            throw new NotSupportedException(
                $"PyTorch makes orthogonal matrices of float32 and float64, not of {typeof(T).Name}."
            );
        }
    }

    private static Span<BFloat16> BFloat16s<T>(Span<T> values)
        where T : unmanaged =>
        typeof(T) == typeof(BFloat16)
            ? MemoryMarshal.Cast<T, BFloat16>(values)
            : throw new NotSupportedException($"{typeof(T).Name} is no element type of PyTorch's fills.");

    private static TorchTruncatedNormal TruncatedNormal<TGrid>(double mean, double std, double a, double b)
        where TGrid : struct, INumberGrid
    {
        CheckFinite(mean, nameof(mean), TGrid.Largest);
        CheckFinite(std, nameof(std), TGrid.Largest);
        if (!(std > 0.0))
        {
            throw RandomArguments.OutOfRange(nameof(std), $"std is {std}; here it must be above 0.");
        }
        if (!(a < b))
        {
            throw RandomArguments.Invalid(nameof(a), $"The cut [{a}, {b}] is empty: a must be less than b.");
        }
        TorchTruncatedNormal transform = new(mean, std, a, b);
        // PyTorch would give every element the same value.
        return TGrid.Nearest(transform.Low) < TGrid.Nearest(transform.High)
            ? transform
            : throw RandomArguments.Invalid(
                nameof(a),
                $"The cut [{a}, {b}] holds none of the normal's mass as PyTorch computes it, in {TGrid.Name} from 2 Phi - 1 at its ends, with mean {mean} and std {std}: move one end nearer to the mean, or draw from FanIn's own streams."
            );
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillBernoulli<T>(Span<T> destination, double probability, T yes, T no)
    {
        if (!(probability is >= 0.0 and <= 1.0))
        {
            throw RandomArguments.OutOfRange(
                nameof(probability),
                $"probability is {probability}; it must lie in 0 .. 1."
            );
        }
        foreach (ref var value in destination)
        {
            value = NextUniform() < probability ? yes : no;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Permute<T>(Span<T> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (destination.Length >= LongPermutation)
        {
            PermuteLong(destination);
            return;
        }
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = T.CreateTruncating(i);
        }
        for (var i = 0; i < destination.Length - 1; i++)
        {
            var other = i + (int)(_twister.Next() % (uint)(destination.Length - i));
            (destination[i], destination[other]) = (destination[other], destination[i]);
        }
    }

    private void PermuteLong<T>(Span<T> destination)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var i = 0; i < destination.Length; i++)
        {
            var bits = ((ulong)_twister.Next() << 32) | _twister.Next();
            var other = (int)(bits % ((ulong)i + 1));
            destination[i] = destination[other];
            destination[other] = T.CreateTruncating(i);
        }
    }

    private void ZeroInColumns<T>(Span<T> matrix, int columns, double sparsity)
        where T : struct
    {
        var rows = matrix.Length / columns;
        var zeros = (int)Math.Ceiling(sparsity * rows);
        var order = new int[rows];
        for (var column = 0; column < columns; column++)
        {
            FillPermutation(order);
            foreach (var row in order.AsSpan(0, zeros))
            {
                matrix[(row * columns) + column] = default;
            }
        }
    }

    private static void Orthogonalize<T>(Span<T> matrix, int rows, int columns)
        where T : struct, INumberBase<T>
    {
        if (matrix.IsEmpty)
        {
            return;
        }
        // One long side after the other: the columns of the matrix, or of its transpose where that is the taller.
        var (length, count) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var (along, across) = rows >= columns ? (columns, 1) : (1, columns);
        var work = new double[matrix.Length];
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < length; i++)
            {
                work[(j * length) + i] = double.CreateTruncating(matrix[(i * along) + (j * across)]);
            }
        }
        var q = new HouseholderQr(work, length, count).QWithSigns();
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < length; i++)
            {
                matrix[(i * along) + (j * across)] = T.CreateTruncating(q[(j * length) + i]);
            }
        }
    }

    private static void CheckSparse(int length, int columns, double sparsity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (length % columns != 0)
        {
            throw RandomArguments.Invalid(
                nameof(columns),
                $"A matrix of {columns} columns has a multiple of so many elements, not {length}."
            );
        }
        if (!(sparsity is >= 0.0 and <= 1.0))
        {
            throw RandomArguments.OutOfRange(nameof(sparsity), $"sparsity is {sparsity}; it must lie in 0 .. 1.");
        }
    }

    private static void CheckMatrix(int length, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (length != (long)rows * columns)
        {
            throw RandomArguments.Invalid(
                nameof(rows),
                $"A {rows} x {columns} matrix has {(long)rows * columns} elements, the span {length}."
            );
        }
    }
}
