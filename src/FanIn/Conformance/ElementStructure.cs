using System.Runtime.InteropServices;

namespace FanIn;

/// <summary>What an initializer promises of its elements together, beyond the law that each of them follows.</summary>
/// <param name="IsFixed">The values are the same under every seed and key.</param>
/// <param name="IsUncorrelated">Neighbours and units have nothing in common.</param>
/// <param name="Copies">In how many elements each draw is found: 4 where an upscaling by 2 x 2 repeats its filters.</param>
/// <param name="IsOfOneLaw">Each place has the same law; of other rules the law is that of an element taken at random.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ElementStructure(
    bool IsFixed,
    bool IsUncorrelated,
    double Copies = 1,
    bool IsOfOneLaw = true
)
{
    /// <summary>The values follow from the shape alone.</summary>
    public static ElementStructure Fixed => new(true, false);

    /// <summary>No two elements have anything to do with each other, or no more than in an orthogonal matrix.</summary>
    public static ElementStructure Independent => new(false, true);

    /// <summary>Random, with neighbours or units that may have something in common.</summary>
    public static ElementStructure Dependent => new(false, false);

    /// <summary>Random, with other laws at some places: the gates of a recurrent layer's bias.</summary>
    public static ElementStructure OfSeveralLaws => new(false, false, 1, false);

    /// <summary>Random, with each draw in so many elements.</summary>
    public static ElementStructure Repeated(double copies) => new(false, false, copies);
}
