using System.Runtime.InteropServices;

namespace FanIn.Cli.Sample;

/// <summary>The drawn tensor in its stored order, whatever its element type.</summary>
internal abstract class SampleValues
{
    private const int Piece = 1 << 20;

    public abstract int Count { get; }

    /// <summary>The bytes of one element.</summary>
    public static int SizeOf(ElementType type) =>
        type switch
        {
            ElementType.Float64 => sizeof(double),
            ElementType.Float32 => sizeof(float),
            _ => sizeof(ushort),
        };

    /// <exception cref="UsageException">The initializer can't draw such values; the message says why.</exception>
    public static SampleValues Draw(SampleRequest request)
    {
        Initializer init = request.Initializer;
        try
        {
            return request.ElementType switch
            {
                ElementType.Float32 => Fill<float>(request, init.Fill, init.Fill, x => x),
                ElementType.Float64 => Fill<double>(request, init.Fill, init.Fill, x => x),
                ElementType.Float16 => Fill<Half>(request, init.Fill, init.Fill, x => (double)x),
                _ => Fill<BFloat16>(request, init.Fill, init.Fill, x => (float)x),
            };
        }
        catch (ArgumentException e) when (e.ParamName == "key")
        {
            throw new UsageException($"--name {request.Key}: {SampleRequest.Sentence(e)}");
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{init} makes no values: {SampleRequest.Sentence(e)}");
        }
        catch (NotSupportedException e)
        {
            throw new UsageException(e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Elements from <paramref name="start"/> on, as many as there is room for.</summary>
    public abstract void Read(int start, Span<double> destination);

    /// <summary>Calls <paramref name="visit"/> with all elements in order, in pieces.</summary>
    public void Visit(Action<ReadOnlySpan<double>> visit, CancellationToken cancellation)
    {
        double[] buffer = new double[Math.Min(Count, 1 << 13)];
        for (long start = 0; start < Count; start += buffer.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<double> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Count - start));
            Read((int)start, piece);
            visit(piece);
        }
    }

    /// <summary>The elements' bytes.</summary>
    public abstract void Write(Stream destination, CancellationToken cancellation);

    private delegate void FillFromKey<T>(Span<T> values, TensorDescription tensor, Seed seed, string key);

    private delegate void FillFromFramework<T>(Span<T> values, TensorDescription tensor, FrameworkRandom random);

    private static Of<T> Fill<T>(
        SampleRequest request,
        FillFromKey<T> fromKey,
        FillFromFramework<T> fromFramework,
        Func<T, double> widen
    )
        where T : unmanaged
    {
        T[] values = GC.AllocateUninitializedArray<T>((int)request.Tensor.Count);
        if (request.Framework is { } framework)
        {
            fromFramework(values, request.Tensor, framework);
        }
        else
        {
            fromKey(values, request.Tensor, request.Seed, request.Key);
        }
        return new(values, widen);
    }

    private sealed class Of<T>(T[] values, Func<T, double> widen) : SampleValues
        where T : unmanaged
    {
        public override int Count => values.Length;

        public override void Read(int start, Span<double> destination)
        {
            ReadOnlySpan<T> from = values.AsSpan(start, destination.Length);
            for (int i = 0; i < from.Length; i++)
            {
                destination[i] = widen(from[i]);
            }
        }

        public override void Write(Stream destination, CancellationToken cancellation)
        {
            for (long start = 0; start < values.Length; start += Piece)
            {
                cancellation.ThrowIfCancellationRequested();
                int length = (int)Math.Min(Piece, values.Length - start);
                destination.Write(MemoryMarshal.AsBytes(values.AsSpan((int)start, length)));
            }
        }
    }
}
