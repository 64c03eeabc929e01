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
        if (output.dim() < 2 || output.numel() == 0)
        {
            return new(null, null);
        }
        float[] values = CpuTensor.ToFloats(output);
        return IsRectifier(module)
            ? new(CountDead(values, (int)output.shape[0], (int)output.shape[1]), null)
            : new(null, CountSaturated(values, Saturation(module)!.Value));
    }

    /// <summary>[batch, units, positions]: a unit is dead when none of its values is above zero.</summary>
    private static double CountDead(ReadOnlySpan<float> values, int batch, int units)
    {
        int positions = values.Length / (batch * units);
        var alive = new bool[units];
        for (int row = 0; row < batch * units; row++)
        {
            foreach (float value in values.Slice(row * positions, positions))
            {
                alive[row % units] |= value > 0;
            }
        }
        return (double)alive.Count(unit => !unit) / units;
    }

    private static double CountSaturated(ReadOnlySpan<float> values, (double Low, double High) flat)
    {
        int saturated = 0;
        foreach (float value in values)
        {
            saturated += value <= flat.Low || value >= flat.High ? 1 : 0;
        }
        return (double)saturated / values.Length;
    }

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
