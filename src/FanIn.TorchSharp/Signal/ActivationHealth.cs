using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp;

/// <summary>How much of an activation's output no gradient can move, read off the output alone.</summary>
internal sealed record ActivationHealth(double? DeadShare, double? SaturatedShare)
{
    public static bool CanJudge(nn.Module module) => IsRectifier(NameOf(module)) || Ends(module) is not null;

    /// <param name="module">One that <see cref="CanJudge"/>.</param>
    /// <param name="output">[batch, units, positions ...], or [batch, positions ..., units].</param>
    /// <param name="unitsLast">Which of both: the second after dense layers.</param>
    public static ActivationHealth Of(nn.Module module, Tensor output, bool unitsLast) =>
        Of(IsRectifier(NameOf(module)), Ends(module), output, unitsLast);

    /// <summary>Likewise of any activation; both shares are null for one without a dead region or flat ends.</summary>
    public static ActivationHealth Of(Activation activation, Tensor output, bool unitsLast) =>
        Of(IsRectifier(activation.Name), Ends(activation.Name), output, unitsLast);

    private static ActivationHealth Of(bool isRectifier, (double, double)? ends, Tensor output, bool unitsLast)
    {
        if (output.dim() < 2 || output.numel() == 0 || !(isRectifier || ends is not null))
        {
            return new(null, null);
        }
        long units = unitsLast ? output.shape[^1] : output.shape[1];
        long positions = unitsLast ? 1 : output.numel() / output.shape[0] / units;
        return CpuTensor.Read<ActivationHealth>(
            output,
            values =>
                isRectifier
                    ? new(CountDead(values, (int)units, (int)positions), null)
                    : new(null, CountSaturated(values, ends!.Value))
        );
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

    private static string? NameOf(nn.Module module) => ModuleActivations.Of(module)?.Name;

    private static bool IsRectifier(string? activation) => activation is "relu" or "squared_relu" or "relu6";

    private static (double, double)? Ends(nn.Module module) =>
        module is Hardtanh clamp ? (clamp.min_val, clamp.max_val) : Ends(NameOf(module));

    /// <summary>The outputs beyond which the slope is under a twentieth of the steepest one.</summary>
    private static (double, double)? Ends(string? activation) =>
        activation switch
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
            _ => null,
        };

    // tanh' = 1 - y^2.
    private static readonly (double Low, double High) Tanh = (-Math.Sqrt(0.95), Math.Sqrt(0.95));

    // sigmoid' = y (1 - y), at most 1/4: y^2 - y + 1/80 = 0.
    private static readonly (double, double) Sigmoid = (0.5 - Math.Sqrt(0.2375), 0.5 + Math.Sqrt(0.2375));
}
