namespace FanIn;

/// <summary>
/// A low-rank adapter of a dense weight W of outputs x inputs: y = (W + s B A) x with A of rank x inputs, B of
/// outputs x rank, and the scaling s, usually alpha / rank. Of an embedding the inputs are its rows and the outputs its
/// width, and what is looked up is column i of W + s B A.
/// </summary>
/// <param name="Outputs">Rows of W and B.</param>
/// <param name="Inputs">Columns of W and A.</param>
/// <param name="Rank">Rows of A, columns of B.</param>
public readonly record struct LoraShape(int Outputs, int Inputs, int Rank)
{
    /// <summary>The number of A's elements.</summary>
    public long ACount => (long)Rank * Inputs;

    /// <summary>The number of B's elements.</summary>
    public long BCount => (long)Outputs * Rank;

    internal void Check(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (Outputs < 1 || Inputs < 1 || Rank < 1)
        {
            throw RandomArguments.OutOfRange(
                "shape",
                $"The shape is {Outputs} x {Inputs} of rank {Rank}; every size must be at least 1."
            );
        }
        CheckLength(a.Length, ACount, "A", nameof(a), Rank, Inputs);
        CheckLength(b.Length, BCount, "B", nameof(b), Outputs, Rank);
    }

    /// <summary>Of an adapter that takes something out of the weight.</summary>
    internal void Check(ReadOnlySpan<float> weight, ReadOnlySpan<float> a, ReadOnlySpan<float> b, double scaling)
    {
        Check(a, b);
        CheckLength(weight.Length, (long)Outputs * Inputs, "W", nameof(weight), Outputs, Inputs);
        if (Rank > Math.Min(Outputs, Inputs))
        {
            throw RandomArguments.OutOfRange(
                "shape",
                $"rank is {Rank}; a {Outputs} x {Inputs} weight has no more than {Math.Min(Outputs, Inputs)} directions."
            );
        }
        if (!(scaling > 0) || double.IsInfinity(scaling))
        {
            throw RandomArguments.OutOfRange(
                nameof(scaling),
                $"scaling is {scaling}; alpha / rank must be finite and above 0."
            );
        }
        CheckFinite(weight, Inputs, nameof(weight));
    }

    internal static void CheckFinite(ReadOnlySpan<float> matrix, int columns, string name)
    {
        for (int i = 0; i < matrix.Length; i++)
        {
            if (!float.IsFinite(matrix[i]))
            {
                throw RandomArguments.Invalid(
                    name,
                    $"The element in row {i / columns} and column {i % columns} is {matrix[i]}; all must be finite."
                );
            }
        }
    }

    private static void CheckLength(int length, long expected, string matrix, string name, int rows, int columns)
    {
        if (length != expected)
        {
            throw RandomArguments.Invalid(
                name,
                $"{matrix} is {rows} x {columns} and has {expected} elements, the span {length}."
            );
        }
    }
}
