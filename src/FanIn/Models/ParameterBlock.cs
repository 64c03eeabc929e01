namespace FanIn;

/// <summary>
/// A logical tensor that is packed with others into one parameter: the query's matrix in a QKV projection, a gate of an
/// LSTM, one of stacked experts. It has a fan of its own, and its values hang on a key of its own, so that they are those
/// of the same tensor stored apart.
/// </summary>
/// <param name="Name">Unique in its parameter: <c>q</c>, <c>forget</c>, <c>0</c>.</param>
/// <param name="Tensor">The block by itself, in the axes' order that the parameter has.</param>
public readonly record struct ParameterBlock(string Name, TensorDescription Tensor)
{
    /// <summary>Unique in its parameter.</summary>
    public string Name
    {
        get;
        init => field = Require.Given(value, nameof(Name));
    } = Require.Given(Name, nameof(Name));

    /// <summary>The block by itself, in the axes' order that the parameter has.</summary>
    public TensorDescription Tensor
    {
        get;
        init => field = Require.Given(value, nameof(Tensor));
    } = Require.Given(Tensor, nameof(Tensor));

    /// <summary>Blocks of one size.</summary>
    /// <param name="names">A name each.</param>
    /// <param name="tensor">One block by itself.</param>
    public static ParameterBlock[] Each(IEnumerable<string> names, TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(tensor);
        return [.. names.Select(name => new ParameterBlock(name, tensor))];
    }
}
