using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>
/// A stored tensor as a matrix, its first axis by the others, cut into groups of rows and of columns of nearly equal size: what
/// ranks hold of it begins and ends at such places, whether they share its outputs or its inputs.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TensorGrid(long Rows, long Columns, int RowGroups, int ColumnGroups)
{
    /// <summary>Tensors are cut among 2, 4, 8 ... ranks: their boundaries are boundaries here too.</summary>
    private const int MostGroups = 64;

    /// <summary>With fewer values a group's variance says little.</summary>
    private const long LeastValues = 1024;

    /// <summary>Shorter pieces of a row would cost more than the values in them.</summary>
    private const long LeastColumns = 16;

    public static TensorGrid Of(ImmutableArray<long> shape)
    {
        ImmutableArray<long> axes = [.. shape.SkipWhile(size => size == 1)];
        long rows = axes.Length > 1 ? axes[0] : 1;
        long columns = 1;
        foreach (long size in axes.AsSpan()[(axes.Length > 1 ? 1 : 0)..])
        {
            columns *= size;
        }
        long groups = rows * columns / LeastValues;
        return new(rows, columns, Groups(Math.Min(rows, groups)), Groups(Math.Min(columns / LeastColumns, groups)));
    }

    /// <summary>The first row of a group; of the group behind the last, the number of rows.</summary>
    public long RowStart(int group) => Start(Rows, RowGroups, group);

    /// <summary>The first column of a group.</summary>
    public long ColumnStart(int group) => Start(Columns, ColumnGroups, group);

    /// <summary>The group of a row.</summary>
    public int GroupOfRow(long row)
    {
        int group = (int)((Int128)row * RowGroups / Rows);
        return group + 1 < RowGroups && RowStart(group + 1) <= row ? group + 1 : group;
    }

    /// <summary>A power of two, so that pieces of equal ranks are whole groups.</summary>
    private static int Groups(long most) =>
        most < 2
            ? 1
            : (int)Math.Min(MostGroups, 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)most)));

    private static long Start(long length, int groups, int group) => (long)((Int128)length * group / groups);
}
