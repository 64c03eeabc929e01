namespace FanIn.Lab;

/// <summary>
/// One of the initializations that a study compares: an initializer for the weights, and, where it differs, one for the
/// output layer's.
/// </summary>
/// <param name="Initializer">Of all weights, or of all but the output layer's.</param>
/// <param name="Output">Of the output layer's weight, or null for the same.</param>
internal sealed record Contender(Initializer Initializer, Initializer? Output = null)
{
    /// <summary>How tables call it: the initializer's spelling.</summary>
    public string Name => Initializer.ToString();

    /// <summary>
    /// An initializer as a study uses it. An orthogonal one with a gain for the activation gets gain 1 at the output
    /// layer, which no activation follows; every other rule is the same for all layers, as its paper has it.
    /// </summary>
    public static Contender Of(Initializer initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        Initializer plain = Initializer.Orthogonal();
        return new(initializer, initializer.Name == plain.Name && !initializer.Equals(plain) ? plain : null);
    }

    /// <summary>The recipe for a model whose output layer has this weight.</summary>
    public Recipe Recipe(string outputWeight) =>
        Output is null
            ? FanIn.Recipe.Of(Initializer)
            : FanIn.Recipe.Of(Initializer).With(Rule.For(outputWeight, Output));
}
