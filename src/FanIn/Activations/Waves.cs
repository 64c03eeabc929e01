namespace FanIn;

/// <summary>Sine and cosine.</summary>
internal static class Waves
{
    public static readonly ActivationDefinition Sin = new("sin", "sin(x)", _ => new(Trigonometry.Sin, Trigonometry.Cos))
    {
        Source = "Sitzmann et al., Implicit neural representations with periodic activation functions, 2020",
        Use = "coordinate networks (SIREN)",
    };

    public static readonly ActivationDefinition Cos = new(
        "cos",
        "cos(x)",
        _ => new(Trigonometry.Cos, x => -Trigonometry.Sin(x))
    )
    {
        Source = "Rahimi, Recht, Random features for large-scale kernel machines, 2007",
        Use = "random Fourier features",
    };
}
