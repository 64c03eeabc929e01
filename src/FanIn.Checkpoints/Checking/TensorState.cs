namespace FanIn.Checkpoints;

/// <summary>What a tensor of a checkpoint is, held against its rule.</summary>
public enum TensorState
{
    /// <summary><c>as-planned</c>: mean, variance and kurtosis, or the fixed values, are its rule's.</summary>
    AsPlanned,

    /// <summary><c>random</c>: like numbers drawn one by one from a normal, a uniform or a cut normal, but not as its rule says.</summary>
    Random,

    /// <summary><c>constant</c>: one value, but not its rule's.</summary>
    Constant,

    /// <summary><c>uneven</c>: in a few pieces, each of them random or constant, as ranks leave them that each see a shard.</summary>
    Uneven,

    /// <summary><c>structured</c>: like no initialization: trained, or a pattern.</summary>
    Structured,

    /// <summary><c>non-finite</c>: NaN or infinity among its values.</summary>
    NonFinite,

    /// <summary><c>unchecked</c>: of a type that weights aren't drawn in, with float64 values that float32 doesn't reach, or without values.</summary>
    Unchecked,
}
