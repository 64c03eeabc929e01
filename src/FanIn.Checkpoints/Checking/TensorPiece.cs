using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace FanIn.Checkpoints;

/// <summary>
/// Neighbouring groups of a tensor's rows or columns that have one variance, where others have another: what one rank or one
/// shard has of it.
/// </summary>
/// <param name="IsRows">Rows, or columns.</param>
/// <param name="Start">The first row or column.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Groups">How many groups it has.</param>
/// <param name="Sums">Of its values.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TensorPiece(bool IsRows, long Start, long End, int Groups, ValueSums Sums)
{
    /// <summary>
    /// One draw in 10^11 is as far off, of a group of a thousand values one in 10^9, since chi-square's tail is longer; a
    /// checkpoint has some hundred thousand groups.
    /// </summary>
    private const double MostErrors = 7;

    /// <summary>In deviations: of a mean that is as far from 0, mean squares say less and less of the deviation.</summary>
    private const double Far = 4;

    private const int MostPieces = 8;

    /// <summary>
    /// The pieces by rows, else by columns; empty where there are no two, or so many that no ranks made them, which
    /// <paramref name="isLevel"/> tells apart.
    /// </summary>
    public static ImmutableArray<TensorPiece> Of(TensorProfile profile, out bool isLevel)
    {
        TensorGrid grid = profile.Grid;
        ImmutableArray<TensorPiece> rows = Cut(profile.Rows, g => grid.RowStart(g), isRows: true);
        ImmutableArray<TensorPiece> columns = Cut(profile.Columns, g => grid.ColumnStart(g), isRows: false);
        rows = WithoutMixed(rows);
        columns = WithoutMixed(columns);
        isLevel = rows.Length <= 1 && columns.Length <= 1;
        return IsFew(rows, profile.Rows.Length) && columns.Length <= 1 ? rows
            : IsFew(columns, profile.Columns.Length) && rows.Length <= 1 ? columns
            : [];
    }

    /// <summary>
    /// Whether two sets of values may be of one law, as far as their mean squares tell, and where their mean is far from 0, their
    /// means and the mean squares around it.
    /// </summary>
    public static bool AreAlike(in ValueSums a, in ValueSums b)
    {
        if (a.Finite == 0 || b.Finite == 0)
        {
            return true;
        }
        ValueSums both = a;
        both.Add(b);
        double share = (1.0 / a.Finite) + (1.0 / b.Finite);
        double mean = both.Mean;
        if (mean * mean <= Far * Far * both.Variance)
        {
            return AreNear(a.MeanSquare, b.MeanSquare, both.MeanSquare, both.FourthMoment);
        }
        return both.Variance == 0
            || (
                Math.Abs(a.Mean - b.Mean) <= MostErrors * Math.Sqrt(both.Variance * share)
                && AreNear(SquareAround(a), SquareAround(b), both.Variance, both.Kurtosis)
            );

        double SquareAround(in ValueSums values) => values.Variance + ((values.Mean - mean) * (values.Mean - mean));

        bool AreNear(double one, double other, double pooled, double fourth)
        {
            double error = pooled * Math.Sqrt(Math.Max(fourth - 1, 1e-6) * share);
            return Math.Abs(one - other) <= (MostErrors * error) + (1e-6 * pooled);
        }
    }

    /// <summary>Without single groups that a boundary goes through, which are partly like either neighbour.</summary>
    private static ImmutableArray<TensorPiece> WithoutMixed(ImmutableArray<TensorPiece> pieces)
    {
        var kept = ImmutableArray.CreateBuilder<TensorPiece>();
        for (int i = 0; i < pieces.Length; i++)
        {
            bool isMixed = false;
            if (i > 0 && i + 1 < pieces.Length && pieces[i].Groups == 1)
            {
                (double before, double own, double after) = (
                    pieces[i - 1].Sums.MeanSquare,
                    pieces[i].Sums.MeanSquare,
                    pieces[i + 1].Sums.MeanSquare
                );
                isMixed = Math.Min(before, after) < own && own < Math.Max(before, after);
            }
            if (!isMixed)
            {
                kept.Add(pieces[i]);
            }
        }
        return kept.ToImmutable();
    }

    private static bool IsFew(ImmutableArray<TensorPiece> pieces, int groups) =>
        pieces.Length is > 1 and <= MostPieces && 2 * pieces.Length <= groups;

    /// <summary>Grows a piece as long as the next group is like it.</summary>
    private static ImmutableArray<TensorPiece> Cut(
        ImmutableArray<ValueSums> groups,
        Func<int, long> startOf,
        bool isRows
    )
    {
        var pieces = ImmutableArray.CreateBuilder<TensorPiece>();
        int start = 0;
        ValueSums sums = groups[0];
        for (int g = 1; g <= groups.Length; g++)
        {
            if (g < groups.Length && AreAlike(sums, groups[g]))
            {
                sums.Add(groups[g]);
                continue;
            }
            pieces.Add(new(isRows, startOf(start), startOf(g), g - start, sums));
            if (g < groups.Length)
            {
                (start, sums) = (g, groups[g]);
            }
        }
        return pieces.ToImmutable();
    }
}
