namespace FanIn;

/// <summary>0 within a threshold. The slope at the threshold is 0.</summary>
internal static class Shrink
{
    public static readonly ActivationDefinition Soft = new(
        "softshrink",
        "sign(x) max(0, |x| - threshold)",
        threshold =>
            new(
                x => Math.CopySign(Math.Max(Math.Abs(x) - threshold, 0.0), x),
                x => Math.Abs(x) > threshold ? 1.0 : 0.0,
                -threshold,
                threshold
            )
    )
    {
        Parameter = FormParameter.NotNegative("threshold", 0.5),
        Source = "Donoho, De-noising by soft-thresholding, 1995",
        Use = "sparse coding (LISTA)",
    };

    public static readonly ActivationDefinition Hard = new(
        "hardshrink",
        "|x| > threshold ? x : 0",
        threshold =>
            new(x => Math.Abs(x) > threshold ? x : 0.0, x => Math.Abs(x) > threshold ? 1.0 : 0.0, -threshold, threshold)
    )
    {
        Parameter = FormParameter.NotNegative("threshold", 0.5),
        Source = "Donoho, Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994",
        Use = "sparse coding; it jumps, and no gradient tells of the jumps",
    };
}
