namespace FanIn;

/// <content>Matrices whose elements depend on one another.</content>
public sealed partial class TorchRandom
{
    /// <summary>
    /// A matrix with the same number of zeros in every column, and normal values else: <c>torch.nn.init.sparse_</c>. Exact.
    /// </summary>
    /// <param name="destination">The row-major matrix.</param>
    /// <param name="columns">The length of a row.</param>
    /// <param name="sparsity">The part of each column that is 0, rounded up to a whole number of elements.</param>
    /// <param name="std">The standard deviation of the others.</param>
    /// <exception cref="ArgumentException">The length is no multiple of <paramref name="columns"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Sparsity is not within 0 .. 1, std is negative or not finite in float32, or columns is below 1.
    /// </exception>
    public void FillSparse(Span<float> destination, int columns, double sparsity, double std = 0.01)
    {
        CheckSparse(destination.Length, columns, sparsity);
        FillNormal(destination, 0, std);
        ZeroInColumns(destination, columns, sparsity);
    }

    /// <inheritdoc cref="FillSparse(Span{float}, int, double, double)"/>
    public void FillSparse(Span<double> destination, int columns, double sparsity, double std = 0.01)
    {
        CheckSparse(destination.Length, columns, sparsity);
        FillNormal(destination, 0, std);
        ZeroInColumns(destination, columns, sparsity);
    }

    /// <summary>
    /// A row-major matrix with orthonormal columns, or rows where there are fewer of them: <c>torch.nn.init.orthogonal_</c>.
    /// Its normals are exact. Q is the one that they and the signs determine, computed in float64; PyTorch's comes from
    /// LAPACK, whose last bits hang on the library and its threads: in float32 they agree to 2e-6, up to 2048 x 2048.
    /// </summary>
    /// <param name="destination">Gets the matrix.</param>
    /// <param name="rows">The number of rows; of a tensor, its first dimension.</param>
    /// <param name="columns">The length of a row.</param>
    /// <param name="gain">What Q is multiplied by.</param>
    /// <exception cref="ArgumentException">The length is not rows times columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The gain is not finite in the element type.</exception>
    public void FillOrthogonal(Span<float> destination, int rows, int columns, double gain = 1)
    {
        CheckMatrix(destination.Length, rows, columns);
        var factor = RandomArguments.CheckFinite(gain, nameof(gain));
        FillNormal(destination);
        Orthogonalize(destination, rows, columns);
        foreach (ref var value in destination)
        {
            value *= factor;
        }
    }

    /// <inheritdoc cref="FillOrthogonal(Span{float}, int, int, double)"/>
    public void FillOrthogonal(Span<double> destination, int rows, int columns, double gain = 1)
    {
        CheckMatrix(destination.Length, rows, columns);
        RandomArguments.CheckFiniteDouble(gain, nameof(gain));
        FillNormal(destination);
        Orthogonalize(destination, rows, columns);
        foreach (ref var value in destination)
        {
            value *= gain;
        }
    }
}
