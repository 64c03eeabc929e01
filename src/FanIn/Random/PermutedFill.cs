using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FanIn;

/// <summary>
/// Fills of tensors that are stored in another order than they are drawn in, tile by tile: some outputs' elements are
/// drawn one after the other into a nearby cache, put together there to runs of the stored order, and stored by runs, so
/// that memory is written by whole lines.
/// </summary>
internal static class PermutedFill
{
    // Callers may have small stacks.
    private const int TileBytes = 48 << 10;
    private const int RunBytes = 2 << 10;

    // A few lines at a place in the stored order: shorter runs cost more in addresses than in bytes, and longer ones leave
    // fewer columns to draw at once.
    private const int LeastRun = 64;
    private const int LeastRunOfKernels = 128;

    private const int LineBytes = 64;

    // Longer kernels are runs by themselves.
    private const int MostTaps = 64;

    /// <summary>Fills the destination, the tensor as stored from the offset on.</summary>
    /// <inheritdoc cref="StreamFill.Run"/>
    public static unsafe void Run<TWord, TDraw, T, TTransform>(
        RandomStream stream,
        Span<T> destination,
        long offset,
        in TTransform transform,
        in StoredOrder order,
        int threads = 0
    )
        where TWord : unmanaged
        where TDraw : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, TDraw>
    {
        var isWhole = destination.Length == order.Groups * order.Outputs * order.RowLength;
        ReadOnlySpan<StoredBox> boxes = isWhole
            ? [StoredBox.Whole(order)]
            : [.. StoredBox.Cover(order, offset, offset + destination.Length)];
        fixed (T* start = destination)
        {
            foreach (var box in boxes)
            {
                PieceRun<Tiles<TWord, TDraw, T, TTransform>>.Run(
                    new(stream, start, destination.Length, offset, transform, order, box),
                    StreamFill.Threads(threads, destination.Length)
                );
            }
        }
    }

    /// <summary>A tile is some columns, elements of an output in the canonical order, of some rows, a group's outputs.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly unsafe struct Tiles<TWord, TDraw, T, TTransform> : IPieces
        where TWord : unmanaged
        where TDraw : unmanaged
        where T : unmanaged
        where TTransform : struct, IWordTransform<TWord, TDraw>
    {
        private readonly RandomStream _stream;
        private readonly TTransform _transform;
        private readonly StoredOrder _order;
        private readonly StoredBox _box;

        // Where the tensor's first element would be, and the ends of what there is of it.
        private readonly T* _origin;
        private readonly T* _start;
        private readonly T* _end;
        private readonly int _rows;
        private readonly int _columns;
        private readonly int _rowTiles;
        private readonly int _columnTiles;

        public Tiles(
            RandomStream stream,
            T* start,
            int length,
            long offset,
            in TTransform transform,
            in StoredOrder order,
            in StoredBox box
        )
        {
            (_stream, _transform, _order, _box) = (stream, transform, order, Widened(box, order));
            _origin = start - offset;
            _start = start;
            _end = start + length;
            var rows = order.OutputStep == 1 ? LeastRun : LeastRunOfKernels / order.OutputStep;
            rows = Math.Clamp(rows, 1, _box.Rows);
            _columns = (int)Math.Min(_box.Columns, Capacity / rows);
            if (_columns < _box.Columns)
            {
                // Whole kernels where they stay together, and whole vectors in any case.
                var unit = order.OutputStep == 1 ? StreamFill.Granule : order.Taps * 4;
                _columns -= unit <= _columns ? _columns % (int)unit : 0;
            }
            _rows = (int)Math.Min(_box.Rows, Capacity / _columns);
            _rowTiles = checked((int)((_box.Rows + _rows - 1) / _rows));
            _columnTiles = checked((int)((_box.Columns + _columns - 1) / _columns));
        }

        public int Count => checked((int)_box.Groups * _rowTiles * _columnTiles);

        private static int Capacity => TileBytes / sizeof(TDraw);

        private static int RunLength => RunBytes / sizeof(TDraw);

        [SkipLocalsInit]
        public void Run(int piece)
        {
            // Neighbours in the stored order one after the other.
            var (tile, rowTile) = Math.DivRem(piece, _rowTiles);
            var (group, columnTile) = Math.DivRem(tile, _columnTiles);
            var (row, column) = ((long)rowTile * _rows, (long)columnTile * _columns);
            var rows = (int)Math.Min(_rows, _box.Rows - row);
            var columns = (int)Math.Min(_columns, _box.Columns - column);
            (row, column) = (row + _box.Row, column + _box.Column);

            // Kernels are copied by vectors, beyond their ends.
            var slack = Vector128<TDraw>.Count;
            TDraw* drawn = stackalloc TDraw[Capacity + slack];
            TDraw* runs = stackalloc TDraw[(Transposition.Columns * RunLength) + slack];
            var first = ((((_box.Group + group) * _order.Outputs) + row) * _order.RowLength) + column;
            // Whole rows follow each other.
            var (pieces, length) = columns == _order.RowLength ? (1, rows * columns) : (rows, columns);
            var to = _origin + ((_box.Group + group) * _order.GroupStep) + (row * _order.OutputStep);
            for (var i = 0; i < pieces; i++)
            {
                // Memory comes near while the values are drawn that will go there.
                Fetch(to, column, rows, columns * i / pieces, columns * (i + 1) / pieces);
                StreamFill.Draw<TWord, TDraw, TTransform>(
                    _stream,
                    new(drawn + (i * length), length),
                    (ulong)(first + (i * _order.RowLength)),
                    _transform
                );
            }
            if (_order.OutputStep == 1)
            {
                StoreColumns(drawn, runs, to, column, rows, columns);
            }
            else
            {
                StoreKernels(drawn, runs, to, column, rows, columns);
            }
        }

        /// <summary>Where outputs are next to each other in the stored order.</summary>
        private void StoreColumns(TDraw* drawn, TDraw* runs, T* to, long column, int rows, int columns)
        {
            for (var c = 0; c < columns; c += Transposition.Columns)
            {
                var width = Math.Min(Transposition.Columns, columns - c);
                for (var r = 0; r < rows; r += RunLength)
                {
                    var length = Math.Min(RunLength, rows - r);
                    Transposition.Run(drawn + (r * columns) + c, columns, length, width, runs, RunLength);
                    for (var i = 0; i < width; i++)
                    {
                        Store(runs + (i * RunLength), to + Place(column + c + i) + r, length);
                    }
                }
            }
        }

        /// <summary>Where the taps of an output are, and outputs after one another.</summary>
        private void StoreKernels(TDraw* drawn, TDraw* runs, T* to, long column, int rows, int columns)
        {
            var taps = _order.Taps;
            int length;
            for (var c = 0; c < columns; c += length)
            {
                length = (int)Math.Min(taps - ((column + c) % taps), columns - c);
                var target = to + Place(column + c);
                var atOnce = length == taps && length <= MostTaps ? Transposition.Columns * RunLength / length : 1;
                for (var r = 0; r < rows; r += atOnce)
                {
                    var source = drawn + (r * columns) + c;
                    var kernels = Math.Min(atOnce, rows - r);
                    if (kernels > 1)
                    {
                        CopyKernels(source, columns, kernels, length, runs);
                        source = runs;
                    }
                    Store(source, target + (r * taps), kernels * length);
                }
            }
        }

        /// <summary>Asks for the lines that some of the columns go to, lest the stores wait for each.</summary>
        private void Fetch(T* to, long column, int rows, int from, int end)
        {
            if (!Sse.IsSupported)
            {
                return;
            }
            var step = (int)Math.Min(_order.OutputStep, _order.Taps);
            for (var c = from; c < end; c += step)
            {
                var line = (byte*)(to + Place(column + c));
                for (var past = line + ((long)rows * step * sizeof(T)); line < past; line += LineBytes)
                {
                    Sse.Prefetch0(line);
                }
            }
        }

        private static void CopyKernels(TDraw* from, int pitch, int kernels, int taps, TDraw* to)
        {
            for (var k = 0; k < kernels; k++, from += pitch, to += taps)
            {
                // What is beyond the kernel's end is overwritten by the next one.
                for (var t = 0; t < taps; t += Vector128<TDraw>.Count)
                {
                    Vector128.Load(from + t).Store(to + t);
                }
            }
        }

        /// <summary>Stores what of a run is in the destination.</summary>
        private void Store(TDraw* from, T* to, int length)
        {
            var skipped = to < _start ? (int)Math.Min(length, _start - to) : 0;
            var end = to < _end ? (int)Math.Min(length, _end - to) : 0;
            if (skipped < end)
            {
                ElementStore.Convert(
                    new ReadOnlySpan<TDraw>(from + skipped, end - skipped),
                    new Span<T>(to + skipped, end - skipped)
                );
            }
        }

        /// <summary>
        /// With columns that are drawn anyway: less than a granule costs as much as a whole one, and so do both ends of what
        /// begins between two multiples of 4.
        /// </summary>
        private static StoredBox Widened(in StoredBox box, in StoredOrder order)
        {
            var column = box.Column & ~3L;
            var end = column + ((box.Column + box.Columns - column + StreamFill.Granule - 1) & -StreamFill.Granule);
            return box with { Column = column, Columns = Math.Min(end, order.RowLength) - column };
        }

        private long Place(long column)
        {
            var (input, tap) = Math.DivRem(column, _order.Taps);
            return (input * _order.InputStep) + (tap * _order.TapStep);
        }
    }
}
