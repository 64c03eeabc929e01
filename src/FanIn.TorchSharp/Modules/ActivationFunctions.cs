using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>The activations of FanIn's catalogue as functions of tensors.</summary>
/// <remarks>
/// TorchSharp hands a Scalar's native handle to libtorch without keeping the Scalar itself alive, so that a temporary one,
/// such as an implicitly converted number, can be finalized while libtorch still reads it: with several threads training,
/// "Unknown scalar type" every few minutes. The functions here hold their scalars for as long as they live.
/// </remarks>
internal static class ActivationFunctions
{
    public static Func<Tensor, Tensor> Of(Activation activation)
    {
        Scalar p = activation.Parameter ?? 0.0;
        return activation.Name switch
        {
            "identity" => x => x.alias(),
            "relu" => x => x.relu(),
            "leaky_relu" or "prelu" => x => x.leaky_relu(p),
            "abs" => x => x.abs(),
            "elu" => Elu(p),
            "selu" => x => x.selu(),
            "celu" => x => x.celu(p),
            "gelu" => x => x.gelu(),
            "gelu_tanh" => GeluTanh(),
            "quick_gelu" => QuickGelu(),
            "silu" => x => x.silu(),
            "mish" => x => x.mul(Softplus(x).tanh()),
            "softplus" => Softplus,
            "softsign" => Softsign(),
            "tanh" => x => x.tanh(),
            "lecun_tanh" => Scaled(x => x.tanh(), 2.0 / 3.0, 1.7159),
            "sigmoid" => x => x.sigmoid(),
            "hard_sigmoid" => x => x.hardsigmoid(),
            "hardswish" => x => x.hardswish(),
            "hardtanh" => Clamp(-1, 1),
            "relu6" => Clamp(0, 6),
            "erf" => x => x.erf(),
            "sin" => x => x.sin(),
            "cos" => x => x.cos(),
            "atan" => x => x.atan(),
            "squared_relu" => x => Square(x.relu()),
            "square" => Square,
            "log_sigmoid" => x => x.log_sigmoid(),
            "tanhshrink" => x => x.sub(x.tanh()),
            "softshrink" => Softshrink(activation.Parameter ?? 0),
            "hardshrink" => x => x.mul(x.abs().gt(p)),
            "gaussian" => x => Square(x).neg().exp(),
            _ => throw new NotSupportedException(
                $"'{activation}' pairs two inputs of one unit, so it can't stand alone as an elementwise activation; use for example gelu or silu"
            ),
        };
    }

    // Not square(), which makes such a temporary scalar.
    private static Tensor Square(Tensor x) => x.mul(x);

    private static Tensor Softplus(Tensor x) => x.neg().log_sigmoid().neg();

    private static Func<Tensor, Tensor> Elu(Scalar alpha)
    {
        Scalar one = 1.0;
        return x => x.elu(alpha, one, one);
    }

    private static Func<Tensor, Tensor> Clamp(double low, double high)
    {
        (Scalar min, Scalar max) = (low, high);
        return x => x.clamp(min, max);
    }

    /// <summary>outer f(inner x).</summary>
    private static Func<Tensor, Tensor> Scaled(Func<Tensor, Tensor> f, double inner, double outer)
    {
        (Scalar a, Scalar b) = (inner, outer);
        return x => f(x.mul(a)).mul(b);
    }

    private static Func<Tensor, Tensor> QuickGelu()
    {
        Scalar steepness = 1.702;
        return x => x.mul(x.mul(steepness).sigmoid());
    }

    /// <summary>x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, with (1 + tanh u) / 2 = sigmoid(2u).</summary>
    private static Func<Tensor, Tensor> GeluTanh()
    {
        (Scalar one, Scalar cubic, Scalar linear) = (1.0, 0.044715, 2 * Math.Sqrt(2 / Math.PI));
        return x => x.mul(x.add(x.mul(x).mul(x).mul(cubic), one).mul(linear).sigmoid());
    }

    private static Func<Tensor, Tensor> Softsign()
    {
        Scalar one = 1.0;
        return x => x.div(x.abs().add(one, one));
    }

    private static Func<Tensor, Tensor> Softshrink(double threshold)
    {
        Func<Tensor, Tensor> clamp = Clamp(-threshold, threshold);
        return x => x.sub(clamp(x));
    }
}
