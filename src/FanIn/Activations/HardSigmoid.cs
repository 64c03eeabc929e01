namespace FanIn;

/// <summary>The sigmoid in three straight pieces, and x times it. Slopes at the corners are those of the outside.</summary>
internal static class HardSigmoid
{
    public static readonly ActivationDefinition Plain = new(
        "hard_sigmoid",
        "clip((x + 3) / 6, 0, 1)",
        _ => new(Gate, x => Math.Abs(x) < 3.0 ? 1.0 / 6.0 : 0.0, -3.0, 3.0)
    )
    {
        Source = "Howard et al., Searching for MobileNetV3, 2019",
        Use = "cheap gates; Keras's was clip(x / 5 + 1/2, 0, 1) before version 3",
    };

    public static readonly ActivationDefinition Swish = new(
        "hardswish",
        "x clip((x + 3) / 6, 0, 1)",
        _ =>
            new(
                x => x * Gate(x),
                x =>
                    x <= -3.0 ? 0.0
                    : x >= 3.0 ? 1.0
                    : ((2.0 * x) + 3.0) / 6.0,
                -3.0,
                3.0
            )
    )
    {
        Source = "Howard et al., Searching for MobileNetV3, 2019",
        Use = "cheap silu",
    };

    private static double Gate(double x) => Math.Clamp((x + 3.0) / 6.0, 0.0, 1.0);
}
