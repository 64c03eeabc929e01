using System.Buffers;
using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>What a check keeps of a stored tensor: sums over groups of its rows and columns, and its first values.</summary>
internal sealed record TensorProfile
{
    private const int ChunkLength = 1 << 18;

    /// <summary>Enough that two tensors of independent values don't look alike by chance.</summary>
    private const int FirstLength = 1152;

    /// <summary>2^-126: beside larger values those that float32 doesn't reach are as good as 0.</summary>
    public const double LeastNormal = 1.1754943508222875e-38;

    private TensorProfile(
        TensorGrid grid,
        ImmutableArray<ValueSums> rows,
        ImmutableArray<ValueSums> columns,
        float[] first
    )
    {
        (Grid, Rows, Columns, First) = (grid, rows, columns, first);
        ValueSums all = default;
        foreach (ValueSums group in rows)
        {
            all.Add(group);
        }
        All = all;
    }

    public TensorGrid Grid { get; }

    /// <summary>All values; without those of a padding's row where that is 0, as it should be.</summary>
    public ValueSums All { get; }

    /// <summary>Groups of rows.</summary>
    public ImmutableArray<ValueSums> Rows { get; private init; }

    /// <summary>Groups of columns.</summary>
    public ImmutableArray<ValueSums> Columns { get; private init; }

    /// <summary>The first elements in the stored order.</summary>
    public float[] First { get; }

    /// <summary>The row that stands for padding; null where there is none.</summary>
    public ValueSums? Padding { get; private init; }

    /// <summary>Of a fixed pattern: how far an element is off it, relative to the pattern's largest.</summary>
    public double? LargestDifference { get; private init; }

    /// <summary>Whether the tensor is made of equal parts of rows or columns, and of how many.</summary>
    public (bool IsRows, int Parts)? Repetition { get; private init; }

    /// <summary>Rows that are equal to an earlier one, where that can't be by chance.</summary>
    public long Copies { get; private init; }

    /// <summary>Rows of zeros, but for the padding's, and the first of them.</summary>
    public (long Count, long First) ZeroRows { get; private init; }

    /// <summary>
    /// Of float64: a number by which its values are all beyond what float32 tells apart, or some of them are; null elsewhere.
    /// </summary>
    public double? OutOfRange { get; private init; }

    /// <summary>Without the groups, which are most of it.</summary>
    public TensorProfile WithoutGroups() => this with { Rows = [], Columns = [] };

    /// <summary>Reads a tensor once, from its beginning to its end.</summary>
    /// <param name="file">Holds it.</param>
    /// <param name="tensor">Of a type that <see cref="StoredNumbers"/> reads.</param>
    /// <param name="row">Its row of a plan, or null.</param>
    /// <param name="read">Told the bytes of each piece.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="SafetensorsException">The file was cut off since it was opened.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TensorProfile Of(
        SafetensorsFile file,
        SafetensorsTensor tensor,
        PlanRow? row,
        Action<long> read,
        CancellationToken cancellation
    )
    {
        var grid = TensorGrid.Of(tensor.Shape);
        var numbers = new StoredNumbers(file, tensor);
        var rows = new ValueSums[grid.RowGroups];
        var columns = new ValueSums[grid.ColumnGroups];
        FixedPattern? pattern = FixedPattern.Of(row);
        float[] first = new float[Math.Min(FirstLength, tensor.Count)];
        if (tensor.Count == 0)
        {
            return new(grid, [.. rows], [.. columns], first);
        }
        numbers.Read(first, 0);
        float[] chunk = ArrayPool<float>.Shared.Rent(ChunkLength);
        ValueSums? padding = null;
        long leftOut = -1;
        float? centre = null;
        bool isWide = grid.Columns > ChunkLength;
        var ledger = new RowLedger(grid.Rows, grid.Columns, isWide ? grid.ColumnGroups : 1, row?.Parameter.PaddingRow);
        if (row?.Parameter.PaddingRow is { } number)
        {
            padding = SumOf(number * grid.Columns, grid.Columns);
            leftOut = padding is { IsConstant: true, Most: 0 } ? number : leftOut;
        }
        int size = tensor.Type.Bits() / 8;
        if (!isWide)
        {
            // Whole rows, so that groups of equal values have equal sums.
            long most = ChunkLength / grid.Columns;
            for (long r = 0; r < grid.Rows; r += most)
            {
                int count = (int)Math.Min(most, grid.Rows - r);
                Span<float> values = Read(r * grid.Columns, (int)(count * grid.Columns));
                for (int i = 0; i < count; i++)
                {
                    AddRow(values.Slice((int)(i * grid.Columns), (int)grid.Columns), r + i);
                }
            }
        }
        else
        {
            for (long r = 0; r < grid.Rows; r++)
            {
                for (int c = 0; c < grid.ColumnGroups; c++)
                {
                    long end = grid.ColumnStart(c + 1);
                    for (long at = grid.ColumnStart(c); at < end; at += ChunkLength)
                    {
                        Span<float> piece = Read((r * grid.Columns) + at, (int)Math.Min(ChunkLength, end - at));
                        ledger.Add(piece, c);
                        Add(piece, r, c);
                    }
                }
                ledger.End(r);
            }
        }
        ArrayPool<float>.Shared.Return(chunk);
        return new(grid, [.. rows], [.. columns], first)
        {
            Padding = padding,
            LargestDifference = pattern?.LargestDifference,
            Repetition = ledger.Repetition(),
            Copies = ledger.Copies(),
            ZeroRows = (ledger.ZeroRows, ledger.FirstZeroRow),
            OutOfRange =
                numbers.TooLarge > 0 ? numbers.TooLarge
                : numbers.TooSmall > 0 && !Array.Exists(rows, group => group.Largest >= LeastNormal) ? numbers.TooSmall
                : null,
        };

        Span<float> Read(long start, int length)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<float> values = chunk.AsSpan(0, length);
            numbers.Read(values, start);
            pattern?.Compare(values, start);
            read((long)length * size);
            return values;
        }

        void AddRow(ReadOnlySpan<float> values, long r)
        {
            ledger.Add(values, 0);
            ledger.End(r);
            for (int c = 0; c < grid.ColumnGroups; c++)
            {
                Add(values[(int)grid.ColumnStart(c)..(int)grid.ColumnStart(c + 1)], r, c);
            }
        }

        void Add(ReadOnlySpan<float> run, long r, int column)
        {
            if (r != leftOut)
            {
                var sums = ValueSums.Of(run, centre ??= ValueSums.CentreOf(run));
                rows[grid.GroupOfRow(r)].Add(sums);
                columns[column].Add(sums);
            }
        }

        ValueSums SumOf(long start, long length)
        {
            ValueSums sums = default;
            for (long at = 0; at < length; at += ChunkLength)
            {
                Span<float> values = chunk.AsSpan(0, (int)Math.Min(ChunkLength, length - at));
                numbers.Read(values, start + at);
                sums.Add(ValueSums.Of(values));
            }
            return sums;
        }
    }
}
