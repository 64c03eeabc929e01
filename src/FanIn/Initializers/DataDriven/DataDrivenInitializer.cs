namespace FanIn;

/// <summary>The rules for single tensors that a search may start from.</summary>
public enum SearchStart
{
    /// <summary><see cref="Initializer.HeNormal"/>.</summary>
    HeNormal,

    /// <summary><see cref="Initializer.HeUniform"/>.</summary>
    HeUniform,

    /// <summary><see cref="Initializer.XavierNormal"/>.</summary>
    XavierNormal,

    /// <summary><see cref="Initializer.XavierUniform"/>.</summary>
    XavierUniform,

    /// <summary><see cref="Initializer.LeCunNormal"/>.</summary>
    LecunNormal,

    /// <summary><see cref="Initializer.StandardUniform"/>, what PyTorch does by default.</summary>
    StandardUniform,

    /// <summary><see cref="Initializer.Orthogonal"/>.</summary>
    Orthogonal,

    /// <summary><see cref="Initializer.Normal"/> of standard deviation 1: far too large, which a search has to make up for.</summary>
    Normal,
}

/// <summary>
/// An initializer that is fitted to data passed through a network: it fills each tensor by <see cref="Start"/>, and then
/// changes scales, and biases where its method says so, by what it measures. It takes a model and data to apply it.
/// </summary>
public abstract class DataDrivenInitializer : Initializer
{
    private protected DataDrivenInitializer(string name, string text, Initializer start)
        : base(name, text) => Start = start;

    /// <summary>What the weights are before they are fitted.</summary>
    public Initializer Start { get; }

    /// <summary>
    /// True where the loss and its derivatives are needed; otherwise passing data through the network is enough.
    /// </summary>
    public virtual bool NeedsLoss => false;

    /// <inheritdoc/>
    public sealed override bool IsDataDriven => true;

    /// <inheritdoc/>
    public override bool NeedsFan => Start.NeedsFan;

    /// <summary>Always null: the data decide.</summary>
    public sealed override ElementDistribution? Distribution(TensorDescription tensor) => null;

    private protected static FormParameter StartParameter(SearchStart start) => FormParameter.Choice("start", start);

    private protected static Initializer Of(SearchStart start) =>
        start switch
        {
            SearchStart.HeUniform => HeUniform(),
            SearchStart.XavierNormal => XavierNormal(),
            SearchStart.XavierUniform => XavierUniform(),
            SearchStart.LecunNormal => LeCunNormal(),
            SearchStart.StandardUniform => StandardUniform(),
            SearchStart.Orthogonal => Orthogonal(),
            SearchStart.Normal => Normal(),
            _ => HeNormal(),
        };

    private protected sealed override void FillElements<T>(
        Span<T> destination,
        TensorDescription tensor,
        RandomSource source
    ) =>
        throw new NotSupportedException(
            $"{this} scales weights to the data that pass through a network, so it can't fill a single tensor; "
                + $"apply it to a model and give it a {(NeedsLoss ? "loss" : "batch")}."
        );
}
