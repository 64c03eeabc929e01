namespace FanIn;

/// <summary>x, |x| and x^2.</summary>
internal static class Powers
{
    public static readonly ActivationDefinition Identity = new("identity", "x", _ => new(x => x, _ => 1.0))
    {
        Source = "none",
        Use = "linear layers and outputs; torch calls it linear",
        TorchGain = _ => 1.0,
    };

    public static readonly ActivationDefinition Absolute = new("abs", "|x|", _ => new(Math.Abs, x => Math.Sign(x), 0.0))
    {
        Source = "Jarrett et al., What is the best multi-stage architecture for object recognition?, 2009",
        Use = "rectification without loss of the second moment",
    };

    public static readonly ActivationDefinition Square = new("square", "x^2", _ => new(x => x * x, x => 2.0 * x))
    {
        Source = "Livni, Shalev-Shwartz, Shamir, On the computational efficiency of training neural networks, 2014",
        Use = "polynomial networks; its second moment grows with the square of the input's, so no depth is stable",
    };
}
