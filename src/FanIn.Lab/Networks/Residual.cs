using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// stream + scale * branch. It holds the factor as long as libtorch may read it: TorchSharp's own temporary ones may be
/// finalized meanwhile.
/// </summary>
internal sealed class Residual(double scale)
{
    private readonly Scalar _scale = scale;

    public Tensor Of(Tensor stream, Tensor branch)
    {
        Tensor sum = stream.add(branch, _scale);
        GC.KeepAlive(this);
        return sum;
    }
}
