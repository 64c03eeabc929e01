namespace FanIn;

/// <summary>What a parameter does in its layer.</summary>
public enum ParameterRole
{
    /// <summary>Multiplies inputs and has a fan: Linear, Conv, the matrices of recurrent layers and of attention.</summary>
    Weight,

    /// <summary>Added to a layer's output.</summary>
    Bias,

    /// <summary>A table of vectors.</summary>
    Embedding,

    /// <summary>The scale of a normalization layer.</summary>
    NormScale,

    /// <summary>The shift of a normalization layer.</summary>
    NormShift,

    /// <summary>The slope of a parametric activation.</summary>
    Slope,

    /// <summary>A free parameter, of which the model's description can't say what it does.</summary>
    Other,
}
