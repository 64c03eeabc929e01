using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>Which activation of FanIn's catalogue a module is.</summary>
internal static class ModuleActivations
{
    /// <summary>The activation; null for a module that is none, or one that the catalogue doesn't have.</summary>
    public static Activation? Of(nn.Module module) =>
        module switch
        {
            ActivationModule own => own.Activation,
            ReLU => Named("relu"),
            ReLU6 => Named("relu6"),
            LeakyReLU leaky => Named("leaky_relu", leaky.negative_slope),
            // In evaluation, which the check holds it in, its slope is the middle.
            RReLU leaky => Named("leaky_relu", (leaky.lower + leaky.upper) / 2),
            PReLU { num_parameters: 1 } prelu => Named("prelu", CpuTensor.ToFloats(prelu.weight!)[0]),
            ELU elu => Named("elu", elu.alpha),
            CELU celu => Named("celu", celu.alpha),
            SELU => Named("selu"),
            GELU gelu => Named(gelu.approximate == GELU.Approximate.tanh ? "gelu_tanh" : "gelu"),
            SiLU => Named("silu"),
            Mish => Named("mish"),
            Softplus { beta: 1 } => Named("softplus"),
            Softsign => Named("softsign"),
            Tanh => Named("tanh"),
            Sigmoid => Named("sigmoid"),
            Hardsigmoid => Named("hard_sigmoid"),
            Hardswish => Named("hardswish"),
            Hardtanh { min_val: -1, max_val: 1 } => Named("hardtanh"),
            LogSigmoid => Named("log_sigmoid"),
            Tanhshrink => Named("tanhshrink"),
            Softshrink shrink => Named("softshrink", shrink.lambda),
            Hardshrink shrink => Named("hardshrink", shrink.lambda),
            _ => null,
        };

    public static Activation Named(string name) => Activation.Parse(name);

    public static Activation Named(string name, double parameter) =>
        Activation.Parse(string.Create(CultureInfo.InvariantCulture, $"{name}({parameter:R})"));
}
