namespace FanIn;

/// <summary>What a normalization layer takes mean and size over.</summary>
public enum NormalizationKind
{
    /// <summary>Each channel over the batch and positions.</summary>
    Batch,

    /// <summary>Each example over its units.</summary>
    Layer,

    /// <summary>As <see cref="Layer"/>, without taking the mean off.</summary>
    Rms,

    /// <summary>Each example over groups of channels and positions.</summary>
    Group,
}
