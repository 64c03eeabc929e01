using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>
/// Where an initializer draws from: the stream of a key, or another framework's generator; and for a stream, in which
/// order the tensor is stored, and from which of its stored elements on.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct RandomSource
{
    private readonly RandomStream _stream;
    private readonly FrameworkRandom? _framework;
    private readonly StoredOrder? _order;
    private readonly long _offset;

    private RandomSource(RandomStream stream, FrameworkRandom? framework, StoredOrder? order, long offset) =>
        (_stream, _framework, _order, _offset) = (stream, framework, order, offset);

    public static implicit operator RandomSource(FrameworkRandom framework) => new(default, framework, null, 0);

    /// <summary>A stream, for a tensor that is stored in this order, or canonically, from this stored element on.</summary>
    public static RandomSource Of(RandomStream stream, StoredOrder? order = null, long offset = 0) =>
        new(stream, null, order, offset);

    /// <summary>True where tensors are drawn in the canonical order, false where in their stored one.</summary>
    public bool IsStream => _framework is null;

    /// <summary>The index, in the stored order, of the first element that is wanted.</summary>
    public long Offset => _offset;

    /// <summary>The order that the tensor is stored in, where it isn't the canonical one.</summary>
    public StoredOrder? Order => _order;

    /// <summary>The stream, for a rule that draws parts of tensors as well.</summary>
    /// <exception cref="NotSupportedException">The source is another framework's.</exception>
    public RandomStream PartStreamFor(Initializer initializer) =>
        new RandomSource(_stream, _framework, null, 0).StreamFor(initializer);

    /// <summary>The stream, to draw whole tensors from.</summary>
    /// <exception cref="NotSupportedException">The source is another framework's, or is for a part of a tensor.</exception>
    public RandomStream StreamFor(Initializer initializer) =>
        _framework is not null
            ? throw new NotSupportedException($"{initializer} draws from FanIn's streams alone, not from {_framework}.")
        : _offset != 0 ? throw new NotSupportedException($"{initializer} fills whole tensors, not parts of them.")
        : _stream;

    public void FillUniform<T>(Span<T> destination, double low, double high)
        where T : unmanaged
    {
        if (_framework is null)
        {
            _stream.FillUniform(destination, low, high, _offset, _order);
        }
        else
        {
            _framework.FillUniform(destination, low, high);
        }
    }

    public void FillNormal<T>(Span<T> destination, double mean, double std)
        where T : unmanaged
    {
        if (_framework is null)
        {
            _stream.FillNormal(destination, mean, std, _offset, _order);
        }
        else
        {
            _framework.FillNormal(destination, mean, std);
        }
    }

    public void FillTruncatedNormal<T>(Span<T> destination, double mean, double std, double low, double high)
        where T : unmanaged
    {
        if (_framework is null)
        {
            _stream.FillTruncatedNormal(destination, mean, std, low, high, _offset, _order);
        }
        else
        {
            _framework.FillTruncatedNormal(destination, mean, std, low, high);
        }
    }

    public void FillOrthogonal<T>(Span<T> destination, int rows, int columns, double gain, Initializer initializer)
        where T : unmanaged
    {
        if (_framework is not null)
        {
            _framework.FillOrthogonal(destination, rows, columns, gain);
            return;
        }
        var stream = StreamFor(initializer);
        if (typeof(T) == typeof(BFloat16) || typeof(T) == typeof(Half))
        {
            FillOrthogonalApart<float, T>(destination, rows, columns, gain, stream);
        }
        else if (_order is null)
        {
            HaarOrthogonal.Fill(destination, rows, columns, gain, stream);
        }
        else
        {
            FillOrthogonalApart<T, T>(destination, rows, columns, gain, stream);
        }
    }

    /// <summary>Stores a whole tensor that was drawn in the canonical order and in float32, or in its own type.</summary>
    public void Store<TDraw, T>(ReadOnlySpan<TDraw> canonical, Span<T> destination)
        where TDraw : unmanaged
        where T : unmanaged
    {
        if (_order is not { } order)
        {
            ElementStore.Convert(canonical, destination);
        }
        else if (typeof(T) == typeof(TDraw))
        {
            order.Store(MemoryMarshal.Cast<TDraw, T>(canonical), destination);
        }
        else
        {
            using NativeSpan<T> elements = new(destination.Length);
            ElementStore.Convert(canonical, elements.Span);
            order.Store<T>(elements.Span, destination);
        }
    }

    private void FillOrthogonalApart<TDraw, T>(
        Span<T> destination,
        int rows,
        int columns,
        double gain,
        RandomStream stream
    )
        where TDraw : unmanaged
        where T : unmanaged
    {
        using NativeSpan<TDraw> matrix = new(destination.Length);
        HaarOrthogonal.Fill(matrix.Span, rows, columns, gain, stream);
        Store<TDraw, T>(matrix.Span, destination);
    }

    /// <summary>Memory for the length of a fill, out of the garbage collector's sight.</summary>
    private readonly unsafe ref struct NativeSpan<T>
        where T : unmanaged
    {
        private readonly T* _start;

        public NativeSpan(int length)
        {
            _start = (T*)NativeMemory.Alloc((nuint)length, (nuint)sizeof(T));
            Span = new(_start, length);
        }

        public Span<T> Span { get; }

        public void Dispose() => NativeMemory.Free(_start);
    }
}
