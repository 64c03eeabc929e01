namespace FanIn;

/// <summary>Which number of connections a variance is divided by.</summary>
public enum FanMode
{
    /// <summary>Connections into a unit: keeps the variance of activations forward.</summary>
    In,

    /// <summary>Connections out of a unit: keeps the variance of gradients backward.</summary>
    Out,

    /// <summary>The arithmetic mean of both: the compromise of Glorot and Bengio (2010).</summary>
    Average,

    /// <summary>The geometric mean of both (Defazio and Bottou 2019: equal scaling of all layers).</summary>
    GeometricMean,
}
