namespace FanIn.Lab;

/// <summary>How a training went, in a word.</summary>
public enum Outcome
{
    /// <summary>The loss fell clearly below that of guessing by class frequency.</summary>
    Learned,

    /// <summary>The final loss is above 95% of what guessing by class frequency costs.</summary>
    Stuck,

    /// <summary>Every hidden layer ended with one distinct unit: it computes what a layer of width 1 would.</summary>
    Symmetric,

    /// <summary>The loss became infinite or not a number.</summary>
    Diverged,
}
