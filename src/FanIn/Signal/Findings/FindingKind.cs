namespace FanIn;

/// <summary>
/// What can be wrong with a network before it is trained. The order is the order of causes: a verdict names the first kind
/// that was found, since those below often follow from it.
/// </summary>
public enum FindingKind
{
    /// <summary><c>non-finite</c>: NaN or infinity in weights, outputs, gradients or the loss.</summary>
    NonFinite,

    /// <summary><c>other-tensors</c>: a checkpoint holds other tensors than its config's model has.</summary>
    OtherTensors,

    /// <summary><c>uninitialized</c>: memory as it came from the system where values belong.</summary>
    Uninitialized,

    /// <summary><c>symmetric</c>: units with equal weights, which stay equal for ever.</summary>
    Symmetric,

    /// <summary><c>shard-boundary</c>: a tensor's statistics change inside it, where shards were put together.</summary>
    ShardBoundary,

    /// <summary><c>wrong-fan</c>: the weights' scale fits a fan that the layer doesn't have (transposed, grouped, packed).</summary>
    WrongFan,

    /// <summary><c>unscaled-depth</c>: the family scales these weights by the depth, and they aren't.</summary>
    UnscaledDepth,

    /// <summary><c>wrong-values</c>: other values than the family's rule gives.</summary>
    WrongValues,

    /// <summary><c>exploding</c>: the signal or the gradient grows from layer to layer.</summary>
    Exploding,

    /// <summary><c>vanishing</c>: the signal or the gradient shrinks from layer to layer.</summary>
    Vanishing,

    /// <summary><c>saturated</c>: a bounded activation in its flat ends.</summary>
    Saturated,

    /// <summary><c>dead</c>: units that are shut for every example.</summary>
    Dead,

    /// <summary><c>collapsing</c>: examples or tokens become alike; few directions are left.</summary>
    Collapsing,

    /// <summary><c>input-not-standardized</c>: inputs of another size than the rules assume.</summary>
    InputNotStandardized,

    /// <summary><c>wrong-gain</c>: the weights' scale fits another activation than the one that is there.</summary>
    WrongGain,

    /// <summary><c>forward-unstable</c>: a critical point from which the signal's size runs away.</summary>
    ForwardUnstable,

    /// <summary><c>too-deep</c>: deeper than examples can be told apart.</summary>
    TooDeep,

    /// <summary><c>batch-norm-explosion</c>: gradients that normalization makes grow with depth.</summary>
    BatchNormExplosion,

    /// <summary><c>entropy-collapse</c>: attention that looks at one token only.</summary>
    EntropyCollapse,

    /// <summary><c>fluctuation</c>: too narrow for its depth; one seed says little about the next.</summary>
    Fluctuation,

    /// <summary><c>half-precision</c>: beyond float16's largest number or below its smallest.</summary>
    HalfPrecision,

    /// <summary><c>constant</c>: one value where randomness belongs.</summary>
    ConstantWeights,

    /// <summary><c>identical</c>: two tensors with the same values that aren't meant to be one.</summary>
    IdenticalTensors,

    /// <summary><c>padding-row</c>: the vector of the padding token isn't 0.</summary>
    PaddingRow,

    /// <summary><c>logits-too-large</c>: the first loss is far from what ignorance costs.</summary>
    LogitsTooLarge,

    /// <summary><c>label-imbalance</c>: the output's bias ignores how frequent the classes are.</summary>
    LabelImbalance,

    /// <summary><c>softmax-twice</c>: the loss takes the softmax of a softmax.</summary>
    SoftmaxTwice,

    /// <summary><c>unregistered</c>: a layer that the model holds but doesn't list, so that no optimizer sees it.</summary>
    Unregistered,

    /// <summary><c>unreached</c>: a layer that never ran.</summary>
    Unreached,

    /// <summary><c>no-gradient</c>: a trainable parameter that no gradient reaches.</summary>
    NoGradient,

    /// <summary><c>not-optimized</c>: a trainable parameter that the optimizer doesn't have.</summary>
    NotOptimized,

    /// <summary><c>untrained</c>: in a trained model, a tensor that still looks as initialized.</summary>
    Untrained,

    /// <summary><c>not-random</c>: fixed weights, or trained ones; nothing that an initializer made.</summary>
    NotRandom,

    /// <summary><c>unknown-operator</c>: something that the check can't look into.</summary>
    UnknownOperator,
}
