namespace FanIn;

/// <summary>
/// A rule that draws nothing: each connection's value follows from its place in the layer. Any part of a tensor in any
/// layout is filled at its stored place, without the rest of it.
/// </summary>
internal abstract class PatternInitializer(string name, string text) : Initializer(name, text)
{
    public override bool NeedsFan => true;

    private protected override bool IsElementwiseAsStored => true;

    public sealed override ElementDistribution Distribution(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        FanOf(tensor);
        if (tensor.Count == 0)
        {
            return ElementDistribution.At(0);
        }
        Require(tensor);
        return Law(tensor);
    }

    public sealed override ElementStructure Structure(TensorDescription tensor) => ElementStructure.Fixed;

    private protected sealed override void FillElements<T>(
        Span<T> destination,
        TensorDescription tensor,
        RandomSource source
    )
    {
        FanOf(tensor);
        Require(tensor);
        PatternFill.Run(destination, source.Offset, tensor, Pattern(tensor));
    }

    /// <summary>Throws where the rule isn't for such a tensor.</summary>
    private protected virtual void Require(TensorDescription tensor) { }

    /// <summary>The value of each connection of a tensor that has some.</summary>
    private protected abstract ConnectionValue Pattern(TensorDescription tensor);

    /// <summary>The shares of the values.</summary>
    private protected abstract ElementDistribution Law(TensorDescription tensor);
}
