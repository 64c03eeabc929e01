namespace FanIn.Lab;

/// <summary>What a <see cref="NetworkCheck"/> may be told beside the network and its weights.</summary>
public sealed record NetworkCheckOptions
{
    /// <summary>What the network reads; null for the shape of <see cref="Batch"/>, or <see cref="Network.DefaultInput"/>.</summary>
    public InputShape? Input { get; init; }

    /// <summary>The classes that it tells apart; null for <see cref="Network.DefaultClasses"/>. A user's module has its own.</summary>
    public int? Classes { get; init; }

    /// <summary>Random examples, 2 or more; null for 32, of images and texts, which have many places each, 16.</summary>
    public int? Examples { get; init; }

    /// <summary>One's own examples in place of random ones.</summary>
    public CheckBatch? Batch { get; init; }

    /// <summary>The first seed of the weights; the next ones follow it. Random examples and labels hang on it too.</summary>
    public Seed Seed { get; init; } = 1;

    /// <summary>How many sets of weights are tried, 1 or more; layers' figures are medians over them.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>What the weights are taken for.</summary>
    public SignalExpectation Expectation { get; init; }
}
