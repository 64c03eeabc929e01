using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>How much of an activation's output no gradient can move, read off the output alone.</summary>
internal sealed record ActivationHealth(double? DeadShare, double? SaturatedShare)
{
    public static bool CanJudge(nn.Module module) => IsRectifier(module) || Saturation(module) is not null;

    /// <param name="module">One that <see cref="CanJudge"/>.</param>
    /// <param name="output">[batch, units, ...].</param>
    public static ActivationHealth Of(nn.Module module, Tensor output)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor values = output.detach();
        if (values.dim() < 2 || values.numel() == 0)
        {
            return new(null, null);
        }
        if (IsRectifier(module))
        {
            Tensor silent = values.transpose(0, 1).flatten(1).gt(0).any(1).logical_not();
            return new(Share(silent), null);
        }
        (double low, double high) = Saturation(module)!.Value;
        return new(null, Share(values.le(low).logical_or(values.ge(high))));
    }

    private static double Share(Tensor flags) => flags.to(ScalarType.Float64).mean().item<double>();

    private static bool IsRectifier(nn.Module module) =>
        module is ReLU or ReLU6 or ActivationModule { Activation.Name: "relu" or "squared_relu" or "relu6" };

    /// <summary>The outputs beyond which the slope is under a twentieth of the steepest one.</summary>
    private static (double Low, double High)? Saturation(nn.Module module) =>
        (module as ActivationModule)?.Activation.Name switch
        {
            "tanh" => Tanh,
            "sigmoid" => Sigmoid,
            "hardtanh" => (-1, 1),
            "hard_sigmoid" => (0, 1),
            // erf' = exp(-x^2) 2/sqrt(pi): a twentieth at x = sqrt(ln 20).
            "erf" => (-0.98565, 0.98565),
            // softsign' = (1 - |y|)^2.
            "softsign" => (-1 + Math.Sqrt(0.05), 1 - Math.Sqrt(0.05)),
            _ => module switch
            {
                global::TorchSharp.Modules.Tanh => Tanh,
                global::TorchSharp.Modules.Sigmoid => Sigmoid,
                Hardtanh => (-1, 1),
                Hardsigmoid => (0, 1),
                Softsign => (-1 + Math.Sqrt(0.05), 1 - Math.Sqrt(0.05)),
                _ => null,
            },
        };

    // tanh' = 1 - y^2.
    private static readonly (double, double) Tanh = (-Math.Sqrt(0.95), Math.Sqrt(0.95));

    // sigmoid' = y (1 - y), at most 1/4: y^2 - y + 1/80 = 0.
    private static readonly (double, double) Sigmoid = (0.5 - Math.Sqrt(0.2375), 0.5 + Math.Sqrt(0.2375));
}
