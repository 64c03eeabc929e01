using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>How much of an activation's output no gradient can move, read off the output alone.</summary>
internal sealed record ActivationHealth(double? DeadShare, double? SaturatedShare)
{
    public static bool CanJudge(nn.Module module) => IsRectifier(module) || Saturation(module) is not null;

    /// <param name="module">One that <see cref="CanJudge"/>.</param>
    /// <param name="output">[batch, units, positions ...], or [batch, positions ..., units].</param>
    /// <param name="unitsLast">Which of both: the second after dense layers.</param>
    public static ActivationHealth Of(nn.Module module, Tensor output, bool unitsLast)
    {
        if (output.dim() < 2 || output.numel() == 0)
        {
            return new(null, null);
        }
        float[] values = CpuTensor.ToFloats(output);
        return IsRectifier(module)
            ? new(
                unitsLast
                    ? CountDead(values, (int)output.shape[^1], 1)
                    : CountDead(
                        values,
                        (int)output.shape[1],
                        (int)(output.numel() / output.shape[0] / output.shape[1])
                    ),
                null
            )
            : new(null, CountSaturated(values, Saturation(module)!.Value));
    }

    /// <summary>[batch, units, positions]: a unit is dead when none of its values is above zero.</summary>
    private static double CountDead(ReadOnlySpan<float> values, int units, int positions)
    {
        var alive = new bool[units];
        for (int row = 0; row < values.Length / positions; row++)
        {
            foreach (float value in values.Slice(row * positions, positions))
            {
                // NaN isn't zero: whatever it is, it passes on.
                alive[row % units] |= !(value <= 0);
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
            "lecun_tanh" => (1.7159 * Tanh.Low, 1.7159 * Tanh.High),
            // atan' = 1 / (1 + x^2): a twentieth at x = sqrt(19).
            "atan" => (-Math.Atan(Math.Sqrt(19)), Math.Atan(Math.Sqrt(19))),
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
                Hardtanh clamp => (clamp.min_val, clamp.max_val),
                Hardsigmoid => (0, 1),
                Softsign => (-1 + Math.Sqrt(0.05), 1 - Math.Sqrt(0.05)),
                _ => null,
            },
        };

    // tanh' = 1 - y^2.
    private static readonly (double Low, double High) Tanh = (-Math.Sqrt(0.95), Math.Sqrt(0.95));

    // sigmoid' = y (1 - y), at most 1/4: y^2 - y + 1/80 = 0.
    private static readonly (double, double) Sigmoid = (0.5 - Math.Sqrt(0.2375), 0.5 + Math.Sqrt(0.2375));
}
