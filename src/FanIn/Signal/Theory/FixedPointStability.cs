namespace FanIn;

/// <summary>What becomes of a signal whose size is a little off a fixed point q* of the length map V.</summary>
public enum FixedPointStability
{
    /// <summary>
    /// <c>stable</c>: it comes back, |V'(q*)| &lt; 1; or it stays as it is, since every size is a fixed point (relu).
    /// </summary>
    Stable,

    /// <summary>
    /// <c>marginal</c>: |V'(q*)| = 1 and yet it comes back, but no faster than a power of the depth: tanh at q* = 0.
    /// </summary>
    Marginal,

    /// <summary>
    /// <c>half-stable</c>: V'(q*) = 1; from one side it comes back, to the other it runs away: gelu's double point.
    /// </summary>
    HalfStable,

    /// <summary><c>unstable</c>: it runs away, V'(q*) > 1, or V'(q*) = 1 and V(q) > q beside q* = 0.</summary>
    Unstable,
}
