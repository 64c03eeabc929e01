using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// The value of a tensor of one element. TorchSharp's own <c>item</c> reads a Scalar that nothing keeps from being
/// finalized meanwhile; this holds it.
/// </summary>
internal static class ScalarValue
{
    public static double Of(Tensor tensor)
    {
        using Scalar scalar = tensor.ToScalar();
        return scalar.ToDouble();
    }
}
