using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>A parameter's values by its plan.</summary>
internal abstract class PlannedBytes(PlanRow row, Seed seed, long length) : TensorBytes(length)
{
    // Below what the core hands to other threads: here each chunk has a thread already.
    private const int PieceLength = 1 << 18;

    /// <exception cref="NotSupportedException">Its values can't be worked out piece by piece, nor in memory as a whole.</exception>
    public static PlannedBytes Of(PlanRow row, Seed seed, SafetensorsTensor tensor)
    {
        if (!row.FillsParts)
        {
            CheckWhole(row);
        }
        return tensor.Type switch
        {
            SafetensorsType.F32 => new Elements<float>(row, seed, tensor.ByteCount, (d, o) => row.FillPart(d, o, seed)),
            SafetensorsType.F64 => new Elements<double>(
                row,
                seed,
                tensor.ByteCount,
                (d, o) => row.FillPart(d, o, seed)
            ),
            SafetensorsType.BF16 => new Elements<BFloat16>(
                row,
                seed,
                tensor.ByteCount,
                (d, o) => row.FillPart(d, o, seed)
            ),
            SafetensorsType.F16 => new Elements<Half>(row, seed, tensor.ByteCount, (d, o) => row.FillPart(d, o, seed)),
            _ => throw new ArgumentException($"{tensor} is of a type that FanIn draws no values in.", nameof(tensor)),
        };
    }

    private protected PlanRow Row { get; } = row;

    private protected Seed Seed { get; } = seed;

    private static void CheckWhole(PlanRow row)
    {
        string rules = string.Join(", ", row.Parts.Select(part => part.Initializer).OfType<Initializer>().Distinct());
        if (row.Parts.FirstOrDefault(part => part.Initializer is { IsDataDriven: true }) is { } part)
        {
            throw new NotSupportedException(
                $"'{row.Parameter.Name}' can't be written: {part.Initializer} is fitted to data that pass through the network; choose a rule that needs none."
            );
        }
        if (row.Parameter.Tensor.Count > Array.MaxLength)
        {
            throw new NotSupportedException(
                $"'{row.Parameter.Name}' has {row.Parameter.Tensor.Count} elements, and {rules} gives values only to all of them at once, at most {Array.MaxLength}; choose a rule that draws element by element."
            );
        }
    }

    private delegate void FillElements<T>(Span<T> destination, long offset);

    private sealed unsafe class Elements<T>(PlanRow row, Seed seed, long length, FillElements<T> fill)
        : PlannedBytes(row, seed, length)
        where T : unmanaged
    {
        private readonly Lock _lock = new();
        private T* _whole;
        private long _expected;

        /// <summary>The values, and what is drawn in another type or order on the way.</summary>
        public override long WorkingMemory =>
            Row.FillsParts ? 0 : Row.Parameter.Tensor.Count * (sizeof(T) + Math.Max(sizeof(float), sizeof(T)));

        public override void Expect(long bytes)
        {
            lock (_lock)
            {
                _expected += bytes;
            }
        }

        public override void Fill(Span<byte> destination, long start)
        {
            if (destination.IsEmpty)
            {
                return;
            }
            if (Row.FillsParts)
            {
                FillBytes(destination, start);
                return;
            }
            lock (_lock)
            {
                int count = (int)Row.Parameter.Tensor.Count;
                if (_whole is null)
                {
                    _whole = Filled(count);
                }
                new ReadOnlySpan<byte>((byte*)_whole + start, destination.Length).CopyTo(destination);
                _expected -= destination.Length;
                if (_expected <= 0)
                {
                    Release();
                }
            }
        }

        public override void Release()
        {
            lock (_lock)
            {
                NativeMemory.Free(_whole);
                _whole = null;
                _expected = 0;
            }
        }

        /// <summary>All values; where they can't be worked out, no memory.</summary>
        private T* Filled(int count)
        {
            var whole = (T*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(T));
            try
            {
                fill(new Span<T>(whole, count), 0);
                ElementBytes.Turn(new Span<T>(whole, count));
                return whole;
            }
            catch
            {
                NativeMemory.Free(whole);
                throw;
            }
        }

        private void FillBytes(Span<byte> destination, long start)
        {
            while (!destination.IsEmpty)
            {
                (long index, long within) = Math.DivRem(start, sizeof(T));
                int whole = within == 0 ? destination.Length / sizeof(T) : 0;
                int bytes;
                if (whole > 0)
                {
                    Span<T> elements = MemoryMarshal.Cast<byte, T>(destination)[..Math.Min(PieceLength, whole)];
                    fill(elements, index);
                    ElementBytes.Turn(elements);
                    bytes = elements.Length * sizeof(T);
                }
                else
                {
                    // A cut through an element.
                    T one = default;
                    fill(new(ref one), index);
                    ElementBytes.Turn(new Span<T>(ref one));
                    ReadOnlySpan<byte> part = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref one))[(int)within..];
                    bytes = Math.Min(part.Length, destination.Length);
                    part[..bytes].CopyTo(destination);
                }
                destination = destination[bytes..];
                start += bytes;
            }
        }
    }
}
