using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>What theory needs to know of weights, read off their values.</summary>
internal static class WeightLaws
{
    /// <summary>Rows or columns count as orthogonal when the largest cosine, and the spread of lengths, is below.</summary>
    private const double Tolerance = 1e-3;

    public static double SecondMoment(Tensor? values)
    {
        if (values is null || values.numel() == 0)
        {
            return 0;
        }
        TensorStatistics statistics = CpuTensor.Read(values, TensorStatistics.Of);
        return statistics.Rms * statistics.Rms;
    }

    public static WeightLaw Of(TensorDescription tensor, Parameter weight) =>
        new(SecondMoment(weight), IsOrthogonal(tensor, weight));

    private static bool IsOrthogonal(TensorDescription tensor, Parameter weight)
    {
        if (
            tensor.Groups != 1
            || weight.dim() < 2
            || weight.numel() == 0
            || tensor.Layout is not (WeightLayout.Torch or WeightLayout.Keras)
        )
        {
            return false;
        }
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor matrix = weight.detach().to(ScalarType.Float32).cpu().flatten(1);
        matrix = matrix.shape[0] <= matrix.shape[1] ? matrix : matrix.t();
        // Random rows are far from it, which a few show.
        Tensor few = matrix.narrow(0, 0, Math.Min(matrix.shape[0], 8));
        return AreOrthogonal(few) && AreOrthogonal(matrix);
    }

    private static bool AreOrthogonal(Tensor rows)
    {
        Tensor gram = rows.mm(rows.t());
        double mean = CpuTensor.Value(gram.diag().mean());
        return mean > 0
            && CpuTensor.Value(gram.sub(eye(rows.shape[0]).mul(gram.diag().mean())).abs().max()) <= Tolerance * mean;
    }
}
