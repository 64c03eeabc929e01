namespace FanIn;

/// <summary>x between two bounds. The slope at a bound is 0.</summary>
internal static class Clipped
{
    public static readonly ActivationDefinition HardTanh = new("hardtanh", "clip(x, -1, 1)", _ => Between(-1.0, 1.0))
    {
        Source = "Collobert, Large scale machine learning, 2004",
        Use = "tanh in three straight pieces",
    };

    public static readonly ActivationDefinition Relu6 = new("relu6", "clip(x, 0, 6)", _ => Between(0.0, 6.0))
    {
        Source = "Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010",
        Use = "MobileNet, and fixed-point arithmetic",
    };

    private static ActivationFunction Between(double low, double high) =>
        new(x => Math.Clamp(x, low, high), x => x > low && x < high ? 1.0 : 0.0, low, high);
}
