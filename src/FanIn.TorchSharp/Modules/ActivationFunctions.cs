using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>The activations of FanIn's catalogue as functions of tensors.</summary>
internal static class ActivationFunctions
{
    public static Func<Tensor, Tensor> Of(Activation activation)
    {
        double p = activation.Parameter ?? 0;
        return activation.Name switch
        {
            "identity" => x => x.alias(),
            "relu" => x => x.relu(),
            "leaky_relu" or "prelu" => x => x.leaky_relu(p),
            "abs" => x => x.abs(),
            "elu" => x => nn.functional.elu(x, p),
            "selu" => x => x.selu(),
            "celu" => x => nn.functional.celu(x, p),
            "gelu" => x => x.gelu(),
            "gelu_tanh" => x => 0.5 * x * (1 + tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
            "quick_gelu" => x => x * sigmoid(1.702 * x),
            "silu" => x => x.silu(),
            "mish" => x => nn.functional.mish(x),
            "softplus" => x => nn.functional.softplus(x),
            "softsign" => x => nn.functional.softsign(x),
            "tanh" => x => x.tanh(),
            "lecun_tanh" => x => 1.7159 * tanh(2.0 / 3.0 * x),
            "sigmoid" => x => x.sigmoid(),
            "hard_sigmoid" => x => ((x + 3) / 6).clamp(0, 1),
            "hardswish" => x => x * ((x + 3) / 6).clamp(0, 1),
            "hardtanh" => x => x.clamp(-1, 1),
            "relu6" => x => x.clamp(0, 6),
            "erf" => x => x.erf(),
            "sin" => x => x.sin(),
            "cos" => x => x.cos(),
            "atan" => x => x.atan(),
            "squared_relu" => x => x.relu().square(),
            "square" => x => x.square(),
            "log_sigmoid" => x => nn.functional.logsigmoid(x),
            "tanhshrink" => x => x - x.tanh(),
            "softshrink" => x => nn.functional.softshrink(x, p),
            "hardshrink" => x => nn.functional.hardshrink(x, p),
            "gaussian" => x => exp(-x.square()),
            _ => throw new NotSupportedException(
                $"'{activation}' pairs two inputs of one unit, so it can't stand alone as an elementwise activation; use for example gelu or silu"
            ),
        };
    }
}
