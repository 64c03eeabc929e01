namespace FanIn;

/// <summary>What a check takes the weights for.</summary>
public enum SignalExpectation
{
    /// <summary>Freshly initialized: every rule of initialization applies.</summary>
    Initialization,

    /// <summary>Trained: the rules of initialization don't apply; weights that look fresh are a finding.</summary>
    Trained,
}
