namespace FanIn.Lab;

/// <summary>What the words behind a network's activation change.</summary>
[Flags]
internal enum NetworkVariants
{
    None = 0,

    /// <summary>Layer norm behind each sum of stream and branch, not in front of each branch.</summary>
    Post = 1,

    /// <summary>Without normalization layers.</summary>
    Plain = 2,

    /// <summary>Each residual branch times 1/sqrt(number of branches).</summary>
    Scaled = 4,
}
