namespace FanIn;

/// <summary>What depth does to gradients and to two close signals at a fixed point (Schoenholz et al. 2017).</summary>
public enum SignalPhase
{
    /// <summary><c>ordered</c>, chi_perp &lt; 1: gradients vanish, signals become alike.</summary>
    Ordered,

    /// <summary><c>critical</c>, chi_perp = 1: gradients keep their size.</summary>
    Critical,

    /// <summary><c>chaotic</c>, chi_perp > 1: gradients explode, close signals part.</summary>
    Chaotic,
}
