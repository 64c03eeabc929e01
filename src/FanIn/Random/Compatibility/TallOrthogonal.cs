using System.Numerics;

namespace FanIn;

/// <summary>
/// The orthogonal matrix of JAX and Keras: qr(A) sign(diag R) of a matrix A of normals as tall as the longer side, drawn
/// row by row; transposed where there are fewer rows than columns.
/// </summary>
internal static class TallOrthogonal
{
    /// <summary>The number of elements of a matrix that fits its span.</summary>
    public static void Check(int length, int rows, int columns)
    {
        if (rows < 0 || columns < 0 || (long)rows * columns != length)
        {
            throw RandomArguments.Invalid(
                nameof(rows),
                $"The span has {length} elements, but {rows} x {columns} are {(long)rows * columns}."
            );
        }
    }

    /// <summary>Takes normals row by row, gives the matrix in their place.</summary>
    public static void Apply<T>(Span<T> matrix, int rows, int columns, T gain)
        where T : unmanaged, INumberBase<T>
    {
        var (length, count) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var work = new double[matrix.Length];
        for (var i = 0; i < length; i++)
        {
            for (var j = 0; j < count; j++)
            {
                work[(j * length) + i] = double.CreateTruncating(matrix[(i * count) + j]);
            }
        }
        var q = new HouseholderQr(work, length, count).QWithSigns();
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < length; i++)
            {
                var place = rows >= columns ? (i * count) + j : (j * length) + i;
                matrix[place] = T.CreateTruncating(q[(j * length) + i]) * gain;
            }
        }
    }
}
