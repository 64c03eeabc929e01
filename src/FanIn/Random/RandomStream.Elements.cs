namespace FanIn;

public readonly partial struct RandomStream
{
    /// <summary>The uniform fill of an element type: a span from an offset on, in the canonical or in a stored order.</summary>
    internal void FillUniform<T>(Span<T> destination, double low, double high, long offset, StoredOrder? order = null)
        where T : unmanaged
    {
        RandomArguments.CheckOffset(offset, destination.Length);
        if (typeof(T) == typeof(double))
        {
            Run<ulong, double, T, UniformDouble>(destination, offset, new(low, high), order);
        }
        else
        {
            var transform =
                typeof(T) == typeof(float) ? UniformSingle.Create<SingleGrid>(low, high)
                : typeof(T) == typeof(BFloat16) ? UniformSingle.Create<BFloat16Grid>(low, high)
                : typeof(T) == typeof(Half) ? UniformSingle.Create<HalfGrid>(low, high)
                : throw NoSuchElements<T>();
            Run<uint, float, T, UniformSingle>(destination, offset, transform, order);
        }
    }

    /// <summary>The normal fill, likewise.</summary>
    internal void FillNormal<T>(Span<T> destination, double mean, double std, long offset, StoredOrder? order = null)
        where T : unmanaged
    {
        RandomArguments.CheckOffset(offset, destination.Length);
        if (typeof(T) == typeof(double))
        {
            Run<ulong, double, T, NormalDouble>(destination, offset, new(mean, std), order);
        }
        else
        {
            var transform =
                typeof(T) == typeof(float) ? NormalSingle.Create<SingleGrid>(mean, std)
                : typeof(T) == typeof(BFloat16) ? NormalSingle.Create<BFloat16Grid>(mean, std)
                : typeof(T) == typeof(Half) ? NormalSingle.Create<HalfGrid>(mean, std)
                : throw NoSuchElements<T>();
            Run<uint, float, T, NormalSingle>(destination, offset, transform, order);
        }
    }

    /// <summary>The truncated normal fill, likewise.</summary>
    internal void FillTruncatedNormal<T>(
        Span<T> destination,
        double mean,
        double std,
        double low,
        double high,
        long offset,
        StoredOrder? order = null
    )
        where T : unmanaged
    {
        RandomArguments.CheckOffset(offset, destination.Length);
        RandomArguments.CheckStd(std);
        if (typeof(T) == typeof(double))
        {
            RandomArguments.CheckFiniteDouble(mean, nameof(mean));
            TruncatedNormalDouble transform = new(TruncatedCut.Create(low, high), mean, std, low, high);
            Run<ulong, double, T, TruncatedNormalDouble>(destination, offset, transform, order);
        }
        else if (typeof(T) == typeof(float))
        {
            FillTruncatedSingle<T, SingleGrid>(destination, mean, std, low, high, offset, order);
        }
        else if (typeof(T) == typeof(BFloat16))
        {
            FillTruncatedSingle<T, BFloat16Grid>(destination, mean, std, low, high, offset, order);
        }
        else if (typeof(T) == typeof(Half))
        {
            FillTruncatedSingle<T, HalfGrid>(destination, mean, std, low, high, offset, order);
        }
        else
        {
            throw NoSuchElements<T>();
        }
    }

    private void FillTruncatedSingle<T, TGrid>(
        Span<T> destination,
        double mean,
        double std,
        double low,
        double high,
        long offset,
        StoredOrder? order
    )
        where T : unmanaged
        where TGrid : struct, INumberGrid
    {
        RandomArguments.CheckFinite<TGrid>(mean, nameof(mean));
        RandomArguments.CheckFinite<TGrid>(std, nameof(std));
        var cut = TruncatedCut.Create(low, high);
        var range = RepresentableRange<float>.Closed<TGrid>(mean, std, low, high);
        if (CentralTruncatedNormalSingle.Reaches(cut))
        {
            CentralTruncatedNormalSingle transform = new(cut, mean, std, range);
            Run<uint, float, T, CentralTruncatedNormalSingle>(destination, offset, transform, order);
        }
        else if (TruncatedNormalSingle.Reaches(cut))
        {
            Run<uint, float, T, TruncatedNormalSingle>(destination, offset, new(cut, mean, std, range), order);
        }
        else
        {
            Run<uint, float, T, FarTruncatedNormalSingle>(destination, offset, new(cut, mean, std, range), order);
        }
    }

    private void Run<TWord, TDraw, T, TTransform>(
        Span<T> destination,
        long offset,
        in TTransform transform,
        in StoredOrder? order
    )
        where TWord : unmanaged
        where TDraw : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, TDraw>
    {
        if (order is { } stored)
        {
            PermutedFill.Run<TWord, TDraw, T, TTransform>(this, destination, offset, transform, stored);
        }
        else
        {
            StreamFill.Run<TWord, TDraw, T, TTransform>(this, destination, offset, transform);
        }
    }

    private static NotSupportedException NoSuchElements<T>() =>
        new($"Streams fill float, double, BFloat16 and Half, not {typeof(T).Name}.");
}
